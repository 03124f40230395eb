//! How many steps on live state one update takes: for its line in the log.

use std::cell::Cell;
use std::pin::Pin;

tokio::task_local! {
    /// Steps of the update that this task handles.
    static STEPS: Cell<u32>;
}

/// Notes one step. Of no effect in tasks that handle no update.
pub(super) fn note() {
    // Elsewhere there is nothing to count.
    let _ = STEPS.try_with(|steps| steps.set(steps.get() + 1));
}

/// Runs `work` and counts the steps it takes. Pinned by the caller: what handles an update is kilobytes large, and would
/// be moved again for every layer around it.
pub(super) async fn counted<T>(work: Pin<&mut impl Future<Output = T>>) -> (T, u32) {
    let counting = async {
        let answer = work.await;
        (answer, STEPS.with(Cell::get))
    };
    STEPS.scope(Cell::new(0), counting).await
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    #[tokio::test]
    async fn steps_count_for_the_update_that_took_them() {
        note();
        let work = pin!(async {
            note();
            tokio::task::yield_now().await;
            note();
            "done"
        });
        assert_eq!(counted(work).await, ("done", 2));
        assert_eq!(counted(pin!(async {})).await, ((), 0));
    }
}
