//! Queries: the part of an address behind `?`, read strictly. An empty parameter is as good as a missing one.

use crate::error::ApiError;
use serde::de::{
    self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor,
    value::{Error as ValueError, MapDeserializer},
};
use std::borrow::Cow;

/// The query of an address as a struct; an unknown, repeated or unreadable parameter is refused by name.
pub fn read<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = serde_urlencoded::from_str(query)
        .map_err(|error| ApiError::invalid("query", format!("the query cannot be read: {error}")))?;
    let values = pairs.into_iter().map(|(name, value)| (name, Value(value)));
    let map: MapDeserializer<'_, _, ValueError> = MapDeserializer::new(values);
    serde_path_to_error::deserialize(map).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        let field = if path == "." { quoted(&message).unwrap_or("query").to_owned() } else { path };
        ApiError::invalid(&field, format!("the parameter `{field}` will not do: {message}"))
    })
}

/// The first word in backticks: the field that serde's message is about.
pub fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

struct Value<'a>(Cow<'a, str>);

impl<'de> IntoDeserializer<'de, ValueError> for Value<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $kind:ty: $wanted:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
            match self.0.parse::<$kind>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(de::Error::custom(format_args!("`{}` is no {}", cut(&self.0), $wanted))),
            }
        }
    )*};
}

fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = ValueError;

    parsed! {
        deserialize_bool visit_bool bool: "true or false";
        deserialize_i32 visit_i32 i32: "whole number";
        deserialize_i64 visit_i64 i64: "whole number";
        deserialize_u16 visit_u16 u16: "whole number from 0 to 65535";
        deserialize_u32 visit_u32 u32: "whole number from 0 to 4294967295";
        deserialize_u64 visit_u64 u64: "whole number from 0";
        deserialize_f64 visit_f64 f64: "number";
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        if self.0.is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i128 u8 u128 f32 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::{
        Code, NoQuery,
        agents::AgentQuery,
        tasks::{Analyst, TaskQuery, TaskType},
    };

    fn refusal<T: DeserializeOwned + std::fmt::Debug>(query: &str) -> (Code, String) {
        let error = read::<T>(query).unwrap_err();
        (error.code, error.details["field"].as_str().unwrap().to_owned())
    }

    #[test]
    fn parameters_are_read_by_their_types() {
        let query: AgentQuery = read("limit=20&q=a+b%2Bc&status=running").unwrap();
        assert_eq!((query.limit, query.q.as_deref()), (Some(20), Some("a b+c")));
        let query: TaskQuery = read("type=bug_fix&analyst=with&cost_min=0.5").unwrap();
        assert_eq!((query.task_type, query.analyst), (Some(TaskType::BugFix), Some(Analyst::With)));
    }

    #[test]
    fn an_empty_parameter_is_as_good_as_a_missing_one() {
        assert_eq!(read::<AgentQuery>("limit=&status=&cursor=").unwrap(), AgentQuery::default());
    }

    #[test]
    fn a_wrong_unknown_or_repeated_parameter_is_named() {
        assert_eq!(refusal::<AgentQuery>("limit=many"), (Code::Invalid, "limit".into()));
        assert_eq!(refusal::<AgentQuery>("limit=-1"), (Code::Invalid, "limit".into()));
        assert_eq!(refusal::<AgentQuery>("colour=red"), (Code::Invalid, "colour".into()));
        assert_eq!(refusal::<AgentQuery>("colour="), (Code::Invalid, "colour".into()));
        assert_eq!(refusal::<AgentQuery>("q=a&q=b"), (Code::Invalid, "q".into()));
        assert_eq!(refusal::<TaskQuery>("type=chore"), (Code::Invalid, "type".into()));
        assert_eq!(refusal::<TaskQuery>("cost_max=1e3"), (Code::Invalid, "cost_max".into()));
        assert_eq!(refusal::<AgentQuery>("task_id=7"), (Code::Invalid, "task_id".into()));
        assert_eq!(refusal::<NoQuery>("a=b"), (Code::Invalid, "a".into()));
    }
}
