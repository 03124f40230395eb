-- What people may ask for, and what goes with age, as on MySQL.

CREATE TABLE IF NOT EXISTS forgotten (
    pseudonym    INTEGER PRIMARY KEY,
    forgotten_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS idx_forgotten_at ON forgotten (forgotten_at);

CREATE INDEX IF NOT EXISTS idx_block_blocked ON blocks (blocked_id);
CREATE INDEX IF NOT EXISTS idx_report_reporter ON reports (reporter_id, created_at);
CREATE INDEX IF NOT EXISTS idx_report_created ON reports (created_at);
CREATE INDEX IF NOT EXISTS idx_arrival_at ON arrivals (arrived_at);
CREATE INDEX IF NOT EXISTS idx_decision_by ON decisions (decided_by);
CREATE INDEX IF NOT EXISTS idx_ban_by ON bans (banned_by);
