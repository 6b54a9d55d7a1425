//! Values and questions without their types: what a hook does with them is compiled once for all of them.

use std::any::Any;
use std::rc::Rc;

use crate::client::{Answer, Loaded, Problem, Request};

/// A value of a type that only whoever told it knows.
#[derive(Clone)]
pub struct Told {
    value: Rc<dyn Any>,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl Told {
    /// Takes the type away.
    pub fn new<T: PartialEq + 'static>(value: T) -> Self {
        Self { value: Rc::new(value), same: same::<T> }
    }

    /// The value, where it is of this type.
    pub fn get<T: 'static>(&self) -> Option<Rc<T>> {
        Rc::clone(&self.value).downcast().ok()
    }
}

impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.value, &other.value) || (self.same)(&*self.value, &*other.value)
    }
}

fn same<T: PartialEq + 'static>(one: &dyn Any, other: &dyn Any) -> bool {
    let (one, other) = (one.downcast_ref::<T>(), other.downcast_ref::<T>());
    one.is_some() && one == other
}

/// How an answer is read.
pub type Read = fn(Answer) -> Result<Told, Problem>;

/// What is asked, and the request for it; made when it is asked.
#[derive(Clone)]
pub struct Question {
    what: Told,
    request: Rc<dyn Fn(Option<String>) -> Request>,
}

impl Question {
    /// A question that is the same as long as `what` is; `request` takes the cursor of a page, where there is one.
    pub fn new<Q: PartialEq + Clone + 'static>(
        what: Q,
        request: impl Fn(Q, Option<String>) -> Request + 'static,
    ) -> Self {
        Self { what: Told::new(what.clone()), request: Rc::new(move |cursor| request(what.clone(), cursor)) }
    }

    /// The request as of now.
    pub fn request(&self, cursor: Option<String>) -> Request {
        (self.request)(cursor)
    }
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what
    }
}

/// The same with the type that `get` gives back.
pub fn loaded<A, T>(answer: &Loaded<A>, get: impl FnOnce(&A) -> Option<Rc<T>>) -> Loaded<T> {
    let data = answer.data.as_deref().and_then(get);
    Loaded { data, problem: answer.problem.clone(), waiting: answer.waiting }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Request;
    use quarterdeck_shared::endpoints::GetVersion;
    use quarterdeck_shared::{NoBody, NoQuery};

    #[test]
    fn values_are_the_same_where_their_type_and_what_they_say_are() {
        assert!(Told::new(7_u32) == Told::new(7_u32));
        assert!(Told::new(7_u32) != Told::new(8_u32));
        assert!(Told::new(7_u32) != Told::new(7_u64));
        assert_eq!(Told::new("a").get::<&str>().as_deref(), Some(&"a"));
        assert_eq!(Told::new("a").get::<String>(), None);
    }

    #[test]
    fn a_question_is_the_same_whatever_its_request_becomes() {
        let request = |_, _| Request::of(&GetVersion { query: NoQuery {}, body: NoBody });
        assert!(Question::new((1, 2), request) == Question::new((1, 2), request));
        assert!(Question::new((1, 2), request) != Question::new((1, 3), request));
    }

    #[test]
    fn an_answer_keeps_its_state_as_it_gets_its_type_back() {
        let told = Loaded::default().answered(Ok(Told::new(7_u32))).awaiting();
        let typed: Loaded<u32> = loaded(&told, Told::get);
        assert_eq!((typed.data.as_deref(), typed.waiting), (Some(&7), true));
    }
}
