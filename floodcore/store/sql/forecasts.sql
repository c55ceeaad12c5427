-- name: save_run
-- A run that is already there stays as it is: a leader that starts again issues nothing twice.
INSERT INTO forecast_run (issue_time, created_at, produced_by)
VALUES (%(issue_time)s, %(created_at)s, %(produced_by)s)
ON CONFLICT (issue_time, produced_by) DO NOTHING
RETURNING run_id

-- name: copy_values
COPY forecast_value (run_id, site_id, issue_time, valid_time, q05, q25, q50, q75, q95, crossing) FROM STDIN

-- name: newest_run
-- By the room's time, so that runs of a storm that lies ahead of a clock set back do not stand in the way.
SELECT issue_time FROM forecast_run
WHERE produced_by = %(produced_by)s AND issue_time <= %(now)s
ORDER BY issue_time DESC LIMIT 1
