//! What a session takes of Redis, asked of Redis itself.

use fred::prelude::{ClientLike, MemoryInterface, SortedSetsInterface};

use super::store::{connect, keys};

/// Users whose records are weighed.
const SAMPLE: usize = 1_000;

/// Mean bytes of a user's record, key and dictionary entry included, plus its share of the `live` sets.
pub(crate) async fn per_session(addresses: &[String]) -> anyhow::Result<f64> {
    let (mut records, mut record_bytes, mut live, mut live_bytes) = (0_u64, 0_u64, 0_u64, 0_u64);
    for address in addresses {
        let client = connect(address).await?;
        for key in keys(&client, "hd:{*}:user:*", SAMPLE / addresses.len()).await? {
            // Who was seen a moment ago may have left since.
            let Some(bytes) = client.memory_usage::<Option<u64>, _>(key, Some(0)).await? else { continue };
            record_bytes += bytes;
            records += 1;
        }
        for key in keys(&client, "hd:{*}:live:*", usize::MAX).await? {
            let users = client.zcard::<u64, _>(key.as_str()).await?;
            let Some(bytes) = client.memory_usage::<Option<u64>, _>(key, Some(0)).await? else { continue };
            live += users;
            live_bytes += bytes;
        }
        client.quit().await?;
    }
    #[expect(clippy::cast_precision_loss, reason = "bytes of a small Redis")]
    let mean = |bytes: u64, count: u64| bytes as f64 / count.max(1) as f64;
    Ok(mean(record_bytes, records) + mean(live_bytes, live))
}
