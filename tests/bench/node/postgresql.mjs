// Where oidc-provider keeps its models: one table, one small statement for each call, kept as a plan by the server.
// A pool of four connections, as many as the benchmark has in flight.
import pg from 'pg';

const TABLE = `
  CREATE TABLE IF NOT EXISTS model (
    kind text, id text, payload jsonb NOT NULL, grant_id text, user_code text, uid text,
    expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (kind, id));
  CREATE INDEX IF NOT EXISTS model_grant ON model (grant_id) WHERE grant_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS model_uid ON model (kind, uid) WHERE uid IS NOT NULL;
  CREATE INDEX IF NOT EXISTS model_user_code ON model (kind, user_code) WHERE user_code IS NOT NULL;`;

const LIVE = '(expires_at IS NULL OR expires_at > now())';

const STATEMENTS = {
  upsert: `INSERT INTO model (kind, id, payload, grant_id, user_code, uid, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 second')
    ON CONFLICT (kind, id) DO UPDATE SET payload = $3, grant_id = $4, user_code = $5, uid = $6, expires_at = excluded.expires_at`,
  find: `SELECT payload, consumed_at FROM model WHERE kind = $1 AND id = $2 AND ${LIVE}`,
  findByUid: `SELECT payload, consumed_at FROM model WHERE kind = $1 AND uid = $2 AND ${LIVE}`,
  findByUserCode: `SELECT payload, consumed_at FROM model WHERE kind = $1 AND user_code = $2 AND ${LIVE}`,
  consume: 'UPDATE model SET consumed_at = now() WHERE kind = $1 AND id = $2',
  destroy: 'DELETE FROM model WHERE kind = $1 AND id = $2',
  revokeByGrantId: 'DELETE FROM model WHERE kind = $1 AND grant_id = $2',
};

export async function postgresql(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 4 });
  await pool.query(TABLE);
  const run = (name, values) => pool.query({ name, text: STATEMENTS[name], values });

  return class Adapter {
    constructor(kind) {
      this.kind = kind;
    }

    async upsert(id, payload, expiresIn) {
      const { grantId, userCode, uid } = payload;
      await run('upsert', [this.kind, id, JSON.stringify(payload), grantId, userCode, uid, expiresIn]);
    }

    async #one(statement, value) {
      const [row] = (await run(statement, [this.kind, value])).rows;
      if (!row) return undefined;
      const consumed = row.consumed_at ? { consumed: Math.floor(row.consumed_at.getTime() / 1000) } : {};
      return { ...row.payload, ...consumed };
    }

    find(id) {
      return this.#one('find', id);
    }

    findByUid(uid) {
      return this.#one('findByUid', uid);
    }

    findByUserCode(userCode) {
      return this.#one('findByUserCode', userCode);
    }

    consume(id) {
      return run('consume', [this.kind, id]);
    }

    destroy(id) {
      return run('destroy', [this.kind, id]);
    }

    revokeByGrantId(grantId) {
      return run('revokeByGrantId', [this.kind, grantId]);
    }
  };
}
