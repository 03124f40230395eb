//! How many steps on live state one update takes: for its line in the log.

use std::cell::Cell;

tokio::task_local! {
    /// Steps of the update that this task handles.
    static STEPS: Cell<u32>;
}

/// Notes one step. Of no effect in tasks that handle no update.
pub(super) fn note() {
    // Elsewhere there is nothing to count.
    let _ = STEPS.try_with(|steps| steps.set(steps.get() + 1));
}

/// Runs `work` and counts the steps it takes.
pub(super) async fn counted<T>(work: impl Future<Output = T>) -> (T, u32) {
    let counting = async {
        let answer = work.await;
        (answer, STEPS.with(Cell::get))
    };
    STEPS.scope(Cell::new(0), counting).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn steps_count_for_the_update_that_took_them() {
        note();
        let (inner, steps) = counted(async {
            note();
            tokio::task::yield_now().await;
            note();
            "done"
        })
        .await;
        assert_eq!((inner, steps), ("done", 2));
        assert_eq!(counted(async {}).await, ((), 0));
    }
}
