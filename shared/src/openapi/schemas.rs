//! Schemas of the nouns, as the document refers to them.

use crate::{Page, Total};
use serde_json::{Value, json};
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, Type, schema::SchemaType},
};

/// Schemas by name.
pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;

/// A type's schema by reference, which is remembered; nothing for types that say nothing.
pub(super) fn shape<T: ToSchema>(schemas: &mut Schemas) -> Option<Value> {
    let name = T::name();
    T::schemas(schemas);
    match name.as_ref() {
        "NoBody" | "TupleUnit" => return None,
        "Option" => return Some(without_null(plain::<T>())),
        _ => schemas.push((name.to_string(), T::schema())),
    }
    Some(json!({ "$ref": format!("#/components/schemas/{name}") }))
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("PageOf{}", T::name()).into()
    }

    fn schemas(schemas: &mut Schemas) {
        schemas.push((T::name().into_owned(), T::schema()));
        schemas.push((Total::name().into_owned(), Total::schema()));
        T::schemas(schemas);
    }
}

impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let said =
            |kind: SchemaType, words: &str| ObjectBuilder::new().schema_type(kind).description(Some(words));
        let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
        let cursor = SchemaType::from_iter([Type::String, Type::Null]);
        ObjectBuilder::new()
            .description(Some("One page of a list."))
            .property("items", items.description(Some("The rows, in the order asked for.")))
            .property("total", Ref::from_schema_name(Total::name()))
            .property(
                "next_cursor",
                said(cursor, "What to pass as `cursor` for the next page; null at the end."),
            )
            .property("seq", said(Type::Integer.into(), "Every change up to this event is in the rows."))
            .required("items")
            .required("total")
            .into()
    }
}

/// A text that is one of these words.
pub(crate) fn closed_set(noun: &str, words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    let object = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
    object.description(Some(format!("One {noun} of a closed set."))).into()
}

pub(super) fn plain<T: PartialSchema>() -> Value {
    serde_json::to_value(T::schema()).unwrap_or_default()
}

/// A parameter is there or not; it is never null.
pub(super) fn without_null(mut schema: Value) -> Value {
    let word = schema["type"].as_array().and_then(|types| types.iter().find(|word| *word != "null").cloned());
    if let Some(word) = word {
        schema["type"] = word;
    }
    let choices = schema["oneOf"].as_array().cloned().unwrap_or_default();
    let solid: Vec<&Value> = choices.iter().filter(|choice| choice["type"] != "null").collect();
    if let [only] = solid.as_slice() { (*only).clone() } else { schema }
}
