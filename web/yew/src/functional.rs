//! Function components, of which only `run` is ever called.

use std::marker::PhantomData;

use crate::html::Context;
use crate::html::HtmlResult;

pub use yew_upstream::functional::*;

/// Stands where the macro puts Yew's keeper of hooks; the hooks of all components are kept by `Part`.
#[derive(Debug)]
pub struct FunctionComponent<T>(PhantomData<T>);

impl<T: FunctionProvider> FunctionComponent<T> {
    /// Keeps nothing.
    pub fn new(_: &Context<T>) -> Self
    where
        T: crate::html::BaseComponent,
    {
        Self(PhantomData)
    }

    /// Shows nothing.
    ///
    /// # Errors
    /// Never.
    pub fn render(&self, _: &T::Properties) -> HtmlResult {
        Ok(crate::Html::default())
    }

    /// Nothing follows.
    pub fn rendered(&self) {}

    /// Nothing is kept that could end.
    pub fn destroy(&self) {}

    /// There is no state.
    pub fn prepare_state(&self) -> Option<String> {
        None
    }
}
