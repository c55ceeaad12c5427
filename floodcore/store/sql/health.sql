-- name: report
INSERT INTO service_health (component, state, detail_zh, detail_en, at, figures)
VALUES (%(component)s, %(state)s, %(detail_zh)s, %(detail_en)s, %(at)s, %(figures)s)
ON CONFLICT (component) DO UPDATE SET state = excluded.state, detail_zh = excluded.detail_zh,
    detail_en = excluded.detail_en, at = excluded.at, figures = excluded.figures

-- name: all
SELECT component, state, detail_zh, detail_en, at, figures FROM service_health
