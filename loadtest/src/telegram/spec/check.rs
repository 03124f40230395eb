//! Whether a value is what the table says.

use serde_json::{Map, Value};

use super::{Method, Param, SPEC, Shape, Type};

/// Checks the parameters of a call: all known, none missing, each of its type, all the way down.
/// `attached` says whether a file came under a name. The error says what is wrong, in words.
pub(crate) fn check(
    method: &Method,
    values: &Map<String, Value>,
    attached: &dyn Fn(&str) -> bool,
) -> Result<(), String> {
    for name in values.keys() {
        if !method.params.iter().any(|param| param.name == name) {
            return Err(format!("unknown parameter {name:?}"));
        }
    }
    for param in &method.params {
        match values.get(param.name) {
            Some(value) => {
                shape(&param.shape, value).map_err(|why| format!("parameter {:?} {why}", param.name))?;
            }
            None if attached(param.name) && takes_file(&param.shape) => {}
            None if param.required => return Err(format!("parameter {:?} is required", param.name)),
            None => {}
        }
    }
    Ok(())
}

/// A value that came as text (in a query, a form or a multipart body), as the type the table says.
pub(crate) fn from_text(param: &Param, text: String) -> Result<Value, String> {
    read(&param.shape, text).map_err(|why| format!("parameter {:?} {why}", param.name))
}

fn read(expected: &Shape, text: String) -> Result<Value, String> {
    match expected {
        Shape::String | Shape::Literal(_) | Shape::File => Ok(Value::String(text)),
        Shape::Integer => text.parse::<i64>().map(Value::from).map_err(|_| not("an Integer")),
        Shape::Float => text.parse::<f64>().map(Value::from).map_err(|_| not("a Float")),
        Shape::Boolean => match text.as_str() {
            "true" | "True" | "1" => Ok(Value::Bool(true)),
            "false" | "False" | "0" => Ok(Value::Bool(false)),
            _ => Err(not("a Boolean")),
        },
        Shape::Array(_) | Shape::Object(_) => {
            serde_json::from_str(&text).map_err(|_| "must be a JSON-serialized value".to_owned())
        }
        Shape::OneOf(shapes) if shapes.contains(&Shape::Integer) => {
            Ok(text.parse::<i64>().map_or_else(|_| Value::String(text), Value::from))
        }
        Shape::OneOf(shapes) if shapes.contains(&Shape::String) => Ok(Value::String(text)),
        Shape::OneOf(shapes) => read(&shapes[0], text),
    }
}

fn takes_file(expected: &Shape) -> bool {
    match expected {
        Shape::File => true,
        Shape::OneOf(shapes) => shapes.contains(&Shape::File),
        _ => false,
    }
}

fn not(what: &str) -> String {
    format!("must be {what}")
}

fn shape(expected: &Shape, value: &Value) -> Result<(), String> {
    let fits = match expected {
        Shape::Integer => value.is_i64(),
        Shape::Float => value.is_number(),
        Shape::Boolean => value.is_boolean(),
        Shape::String => value.is_string(),
        Shape::Literal(text) => value.as_str() == Some(text),
        Shape::File => false,
        Shape::Array(inner) => {
            let items = value.as_array().ok_or_else(|| not("an Array"))?;
            for (index, item) in items.iter().enumerate() {
                shape(inner, item).map_err(|why| format!("[{index}] {why}"))?;
            }
            true
        }
        Shape::Object(name) => return object(name, value),
        Shape::OneOf(shapes) => return one_of(shapes, value),
    };
    if fits { Ok(()) } else { Err(not(&describe(expected))) }
}

/// The first that fits; else the complaint of the one that was probably meant: whose required fields are there.
fn one_of(shapes: &[Shape], value: &Value) -> Result<(), String> {
    // "Array of A or Array of B" is an array that may mix both.
    let inner: Vec<_> = shapes
        .iter()
        .filter_map(|shape| if let Shape::Array(one) = shape { Some((**one).clone()) } else { None })
        .collect();
    if inner.len() == shapes.len() {
        return shape(&Shape::Array(Box::new(Shape::OneOf(inner))), value);
    }
    let mut meant = None;
    for candidate in shapes {
        let Err(why) = shape(candidate, value) else { return Ok(()) };
        if let Shape::Object(name) = candidate
            && meant.is_none()
            && looks_like(name, value)
        {
            meant = Some(why);
        }
    }
    Err(meant.unwrap_or_else(|| not(&shapes.iter().map(describe).collect::<Vec<_>>().join(" or "))))
}

fn looks_like(name: &str, value: &Value) -> bool {
    let Some(Type::Fields(fields)) = SPEC.object(name) else { return false };
    fields.iter().filter(|field| field.required).all(|field| match (&field.shape, value.get(field.name)) {
        (Shape::Literal(text), found) => found.and_then(Value::as_str) == Some(text),
        (_, found) => found.is_some(),
    })
}

fn object(name: &str, value: &Value) -> Result<(), String> {
    let fields = match SPEC.object(name).expect("every type the table names is in the table") {
        Type::Fields(fields) => fields,
        Type::Union(names) => {
            let shapes: Vec<_> = names.iter().map(|name| Shape::Object(name)).collect();
            return one_of(&shapes, value);
        }
    };
    let found = value.as_object().ok_or_else(|| not(name))?;
    for key in found.keys() {
        if !fields.iter().any(|field| field.name == key) {
            return Err(format!("has {key:?}, which {name} lacks"));
        }
    }
    for field in fields {
        match found.get(field.name) {
            Some(value) => shape(&field.shape, value).map_err(|why| format!(".{} {why}", field.name))?,
            None if field.required => return Err(format!("lacks {:?} of {name}", field.name)),
            None => {}
        }
    }
    Ok(())
}

fn describe(expected: &Shape) -> String {
    match expected {
        Shape::Integer => "an Integer".to_owned(),
        Shape::Float => "a Float".to_owned(),
        Shape::Boolean => "a Boolean".to_owned(),
        Shape::String => "a String".to_owned(),
        Shape::Literal(text) => format!("{text:?}"),
        Shape::File => "an uploaded file".to_owned(),
        Shape::Array(inner) => format!("an Array of {}", describe(inner)),
        Shape::Object(name) => (*name).to_owned(),
        Shape::OneOf(shapes) => shapes.iter().map(describe).collect::<Vec<_>>().join(" or "),
    }
}
