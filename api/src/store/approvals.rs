//! Approvals: the questions agents ask.

use super::{Store, StoreError, unbuilt};
use quarterdeck_shared::{
    ApprovalId, Page,
    approvals::{Approval, ApprovalQuery},
};

impl Store {
    /// One question.
    pub async fn approval(&self, _id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        Err(unbuilt())
    }

    /// Questions by page and filter, oldest first.
    pub async fn approvals(&self, _query: &ApprovalQuery) -> Result<Page<Approval>, StoreError> {
        Err(unbuilt())
    }
}
