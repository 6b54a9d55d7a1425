//! Work that takes its time, such as reading files or comparing texts, is done apart from whoever waits for it.

use crate::store::StoreError;

/// Does it on a thread where it holds up nobody else. Work that breaks off is an error, never an empty answer.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| StoreError::Refused { reason: format!("what was begun broke off: {error}") })
}
