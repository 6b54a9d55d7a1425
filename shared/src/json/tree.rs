//! A parsed tree as a source of nouns. Structs ask it for each of their fields by place, so a noun needs one reader.

use serde::de::{
    DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
    value::{StrDeserializer, U64Deserializer},
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value, map};
use std::{fmt, marker::PhantomData, slice};

/// Part of a tree; `E` is the error to speak in. Fields a struct does not know are not looked at.
#[derive(Debug)]
pub struct Tree<'a, E> {
    value: &'a Value,
    error: PhantomData<E>,
}

/// A noun that is not there, for readers who would not tell the reason anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl<'a, E: Error> Tree<'a, E> {
    /// This part of a tree.
    pub const fn new(value: &'a Value) -> Self {
        Self { value, error: PhantomData }
    }

    fn strange(&self, expected: &dyn Expected) -> E {
        let found = match self.value {
            Value::Null => Unexpected::Unit,
            Value::Bool(yes) => Unexpected::Bool(*yes),
            Value::Number(_) => Unexpected::Other("number"),
            Value::String(text) => Unexpected::Str(text),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        };
        E::invalid_type(found, expected)
    }

    fn some<T>(&self, found: Option<T>, expected: &dyn Expected) -> Result<T, E> {
        found.ok_or_else(|| self.strange(expected))
    }
}

macro_rules! read {
    ($($method:ident $get:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            match self.value.$get() {
                Some(found) => visitor.$visit(found),
                None => Err(self.strange(&visitor)),
            }
        }
    )*};
}

impl<'de, E: Error> Deserializer<'de> for Tree<'de, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(yes) => visitor.visit_bool(*yes),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(whole), _) => visitor.visit_u64(whole),
                (_, Some(whole)) => visitor.visit_i64(whole),
                _ => visitor.visit_f64(number.as_f64().unwrap_or_default()),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(items) => visitor.visit_seq(Items::of(items)),
            Value::Object(fields) => visitor.visit_map(Entries::of(fields)),
        }
    }

    read! {
        deserialize_bool as_bool visit_bool
        deserialize_u8 as_u64 visit_u64
        deserialize_u16 as_u64 visit_u64
        deserialize_u32 as_u64 visit_u64
        deserialize_u64 as_u64 visit_u64
        deserialize_i8 as_i64 visit_i64
        deserialize_i16 as_i64 visit_i64
        deserialize_i32 as_i64 visit_i64
        deserialize_i64 as_i64 visit_i64
        deserialize_f32 as_f64 visit_f64
        deserialize_f64 as_f64 visit_f64
        deserialize_char as_str visit_str
        deserialize_str as_str visit_str
        deserialize_string as_str visit_str
        deserialize_identifier as_str visit_str
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.some(self.value.as_null(), &visitor)?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, E> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        let items = self.some(self.value.as_array(), &visitor)?;
        visitor.visit_seq(Items::of(items))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, E> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, E> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        let fields = self.some(self.value.as_object(), &visitor)?;
        visitor.visit_map(Entries::of(fields))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        let fields = self.some(self.value.as_object(), &visitor)?;
        visitor.visit_map(Fields { fields, names: names.iter(), next: 0, value: None, error: PhantomData })
    }

    /// Members without data only: words.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        let word = self.some(self.value.as_str(), &visitor)?;
        visitor.visit_enum::<StrDeserializer<'_, E>>(word.into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf }
}

struct Items<'a, E> {
    left: slice::Iter<'a, Value>,
    error: PhantomData<E>,
}

impl<'a, E> Items<'a, E> {
    fn of(items: &'a [Value]) -> Self {
        Self { left: items.iter(), error: PhantomData }
    }
}

impl<'de, E: Error> SeqAccess<'de> for Items<'de, E> {
    type Error = E;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, E> {
        self.left.next().map(|value| seed.deserialize(Tree::new(value))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

/// What a struct finds of its fields, each named by its place among them.
struct Fields<'a, E> {
    fields: &'a Map<String, Value>,
    names: slice::Iter<'static, &'static str>,
    next: u64,
    value: Option<&'a Value>,
    error: PhantomData<E>,
}

impl<'a, E> Fields<'a, E> {
    fn find(&mut self) -> Option<u64> {
        for name in self.names.by_ref() {
            self.next += 1;
            self.value = self.fields.get(*name);
            if self.value.is_some() {
                return Some(self.next - 1);
            }
        }
        None
    }
}

impl<'de, E: Error> MapAccess<'de> for Fields<'de, E> {
    type Error = E;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, E> {
        let place = self.find().map(|place| seed.deserialize(U64Deserializer::new(place)));
        place.transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, E> {
        seed.deserialize(Tree::new(self.value.unwrap_or(&Value::Null)))
    }
}

/// Every member of a map.
struct Entries<'a, E> {
    left: map::Iter<'a>,
    value: Option<&'a Value>,
    error: PhantomData<E>,
}

impl<'a, E> Entries<'a, E> {
    fn of(fields: &'a Map<String, Value>) -> Self {
        Self { left: fields.iter(), value: None, error: PhantomData }
    }
}

impl<'de, E: Error> MapAccess<'de> for Entries<'de, E> {
    type Error = E;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, E> {
        let Some((name, value)) = self.left.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, E> {
        seed.deserialize(Tree::new(self.value.unwrap_or(&Value::Null)))
    }
}
