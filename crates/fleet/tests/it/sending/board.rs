//! What operators put up is heeded soon, and as long as the state is away as it was.

use std::time::Duration;

use hamdam_domain::board::Maintenance;
use hamdam_state::State;

use super::Town;

#[tokio::test(start_paused = true)]
async fn what_is_put_up_holds_within_a_second_and_through_an_outage() {
    let town = Town::new();
    let _fleet = town.start("a").await;
    let closed = || town.metrics.maintenance.get();
    for (way, shown) in [(Some(Maintenance::RoomsGoOn), 1), (None, 0), (Some(Maintenance::RoomsRest), 2)] {
        town.state.maintain(way).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(closed(), shown, "{way:?}");
    }
    town.set_away(true);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(closed(), 2, "what was seen last holds");
    town.set_away(false);
    town.state.maintain(None).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(closed(), 0);
}
