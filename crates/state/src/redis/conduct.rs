//! Steps on how users behaved.

use fred::types::Value;
use hamdam_domain::conduct::Judgement;
use hamdam_domain::id::UserId;

use super::RedisState;
use crate::error::Result;

impl RedisState {
    pub(super) async fn judge_user(&self, user: UserId, judgement: &Judgement) -> Result<()> {
        let mut keys = vec![self.keys.user(user)];
        let args: [Value; 3] = match *judgement {
            Judgement::Against(complaint) => ["a".into(), complaint.to_text().into(), "".into()],
            Judgement::Withdrawn(origin) => ["w".into(), origin.to_text().into(), "".into()],
            Judgement::Rated { room, up, week } => {
                keys.push(self.keys.rated(user, room));
                ["r".into(), week.to_string().into(), if up { "u" } else { "d" }.into()]
            }
        };
        self.link.run(&self.link.scripts.judge, keys, args.into()).await.map(drop)
    }
}
