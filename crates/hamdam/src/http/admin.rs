//! What only the operator reaches.

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use hamdam_fleet::metrics::Metrics;

/// `GET /metrics` in the Prometheus text format, version 0.0.4. `read_gauges` sets what is read and not counted.
pub fn router(metrics: Arc<Metrics>, read_gauges: impl Fn() + Clone + Send + Sync + 'static) -> Router {
    let text = async move || {
        read_gauges();
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.encode())
    };
    Router::new().route("/metrics", get(text))
}
