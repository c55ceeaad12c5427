-- name: site
SELECT site_id FROM site WHERE site_id = %(site_id)s

-- name: make
INSERT INTO report (reported_at, received_at, source, lon, lat, text, depth_m, site_id, team_id, author)
VALUES (
    %(reported_at)s, %(now)s, %(source)s, %(lon)s, %(lat)s, %(text)s, %(depth_m)s, %(site_id)s, %(team_id)s, %(actor)s
)
RETURNING *

-- name: keep_photo
INSERT INTO report_photo (report_id, media_type, width_px, height_px, content)
VALUES (%(report_id)s, %(media_type)s, %(width_px)s, %(height_px)s, %(content)s)

-- name: reports
-- Newest first, as they came in.
SELECT report.*, EXISTS (SELECT FROM report_photo AS photo WHERE photo.report_id = report.report_id) AS has_photo
FROM report
WHERE (%(number)s::bigint IS NULL OR report_id < %(number)s)
    AND (%(source)s::text IS NULL OR source = %(source)s)
    AND (%(site_id)s::text IS NULL OR site_id = %(site_id)s)
    AND (%(after)s::timestamptz IS NULL OR reported_at >= %(after)s)
ORDER BY report_id DESC
LIMIT %(limit)s

-- name: photo
SELECT media_type, content FROM report_photo WHERE report_id = %(report_id)s
