//! A listener that can be asked to stop.

use std::net::SocketAddr;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A listener at work.
pub struct Listening {
    /// Where, with the port the system chose if 0 was asked for.
    pub address: SocketAddr,
    stop: CancellationToken,
    task: TaskTracker,
}

/// Serves `router` until stopped.
pub fn listen(listener: TcpListener, router: Router) -> std::io::Result<Listening> {
    let address = listener.local_addr()?;
    let (stop, task) = (CancellationToken::new(), TaskTracker::new());
    let stopped = stop.clone().cancelled_owned();
    // Answers are one small packet: waiting to fill it would only delay the next update.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    task.spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
        if let Err(error) = served {
            tracing::error!(%error, %address, "a listener failed");
        }
    });
    task.close();
    Ok(Listening { address, stop, task })
}

impl Listening {
    /// Takes no more connections, closes idle ones, and waits until every request under way is answered.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.task.wait().await;
    }
}
