-- name: user
SELECT user_id, password_hash, role, team_id, disabled FROM app_user WHERE user_id = %(user_id)s

-- name: put_user
INSERT INTO app_user (user_id, password_hash, role, team_id)
VALUES (%(user_id)s, %(password_hash)s, %(role)s, %(team_id)s)
ON CONFLICT (user_id) DO UPDATE SET
    password_hash = excluded.password_hash, role = excluded.role, team_id = excluded.team_id

-- name: open_session
INSERT INTO user_session (token_hash, user_id, created_at, expires_at)
VALUES (%(token_hash)s, %(user_id)s, %(now)s, %(until)s)

-- name: session
SELECT user_id, role, team_id, expires_at AS until
FROM user_session JOIN app_user USING (user_id)
WHERE token_hash = %(token_hash)s AND expires_at > %(now)s AND NOT disabled

-- name: end_session
DELETE FROM user_session WHERE token_hash = %(token_hash)s

-- name: end_sessions_of
DELETE FROM user_session WHERE user_id = %(user_id)s

-- name: sweep_sessions
DELETE FROM user_session WHERE expires_at <= %(now)s
