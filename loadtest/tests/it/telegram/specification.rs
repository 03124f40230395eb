//! The simulator's table of what may be called, held against the published specification, and its updates
//! held against the types they claim to be.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::LazyLock;

use loadtest::telegram::spec::{Param, SPEC, Shape, Type};
use serde_json::Value;

/// The published specification, where its file is at hand.
pub(super) static PUBLISHED: LazyLock<Option<Value>> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/telegram/api.json");
    match std::fs::read(&path) {
        Ok(text) => Some(serde_json::from_slice(&text).expect("the specification is JSON")),
        Err(error) => {
            // Past the test harness, which would keep this to itself.
            let said = writeln!(
                std::io::stderr(),
                "\n*** NOT CHECKED: the simulator's table against the Bot API specification; {}: {error} ***\n",
                path.display()
            );
            drop(said);
            None
        }
    }
});

#[test]
fn the_table_is_the_published_one() {
    let Some(published) = &*PUBLISHED else { return };
    for method in SPEC.methods() {
        let fields = &published["methods"][&*method.name];
        assert!(fields.is_object(), "there is no method {}", method.name);
        same(&method.name, &method.params, &fields["fields"]);
    }
    for (name, object) in SPEC.objects() {
        let published = &published["types"][name];
        assert!(published.is_object(), "there is no type {name}");
        match object {
            Type::Fields(fields) => same(name, fields, &published["fields"]),
            Type::Union(names) => {
                let subtypes: Vec<_> =
                    published["subtypes"].as_array().unwrap().iter().map(Value::as_str).collect();
                let names: Vec<_> = names.iter().map(|name| Some(*name)).collect();
                assert_eq!(names, subtypes, "{name}");
            }
        }
    }
}

#[test]
fn the_table_has_every_type_it_names() {
    fn named(shape: &Shape) {
        match shape {
            Shape::Object(name) => assert!(SPEC.object(name).is_some(), "{name} is missing"),
            Shape::Array(inner) => named(inner),
            Shape::OneOf(shapes) => shapes.iter().for_each(named),
            _ => {}
        }
    }
    SPEC.methods().flat_map(|method| &method.params).for_each(|param| named(&param.shape));
    for (_, object) in SPEC.objects() {
        match object {
            Type::Fields(fields) => fields.iter().for_each(|field| named(&field.shape)),
            Type::Union(names) => assert!(names.iter().all(|name| SPEC.object(name).is_some()), "{names:?}"),
        }
    }
}

fn same(owner: &str, params: &[Param], published: &Value) {
    let published = published.as_array().cloned().unwrap_or_default();
    let names: Vec<_> = params.iter().map(|param| param.name).collect();
    let expected: Vec<_> = published.iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!(names, expected, "{owner}");
    for (param, field) in params.iter().zip(&published) {
        let at = format!("{owner}.{}", param.name);
        assert_eq!(param.required, field["required"].as_bool().unwrap(), "{at}");
        let types: Vec<_> =
            field["types"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        match &param.shape {
            Shape::Literal(text) => {
                assert_eq!(types, ["String"], "{at}");
                let description = field["description"].as_str().unwrap();
                assert!(description.contains(text), "{at} may be more than {text:?}: {description}");
            }
            Shape::OneOf(shapes) => assert_eq!(shapes.iter().map(name).collect::<Vec<_>>(), types, "{at}"),
            shape => assert_eq!(vec![name(shape)], types, "{at}"),
        }
    }
}

fn name(shape: &Shape) -> String {
    match shape {
        Shape::Integer => "Integer".to_owned(),
        Shape::Float => "Float".to_owned(),
        Shape::Boolean => "Boolean".to_owned(),
        Shape::String | Shape::Literal(_) => "String".to_owned(),
        Shape::File => "InputFile".to_owned(),
        Shape::Array(inner) => format!("Array of {}", name(inner)),
        Shape::Object(name) => (*name).to_owned(),
        Shape::OneOf(shapes) => shapes.iter().map(name).collect::<Vec<_>>().join("|"),
    }
}

/// Fails unless `value` is a `kind` of the published specification, all the way down, with nothing added.
pub(super) fn assert_is(kind: &str, value: &Value) {
    let Some(published) = &*PUBLISHED else { return };
    let types: HashMap<_, _> =
        published["types"].as_object().unwrap().iter().map(|(k, v)| (k.as_str(), v)).collect();
    if let Err(why) = fits(&types, kind, value) {
        panic!("not a {kind}: {why}\n{value:#}");
    }
}

fn fits(types: &HashMap<&str, &Value>, kind: &str, value: &Value) -> Result<(), String> {
    if let Some(inner) = kind.strip_prefix("Array of ") {
        let items = value.as_array().ok_or_else(|| format!("not an array: {value}"))?;
        return items.iter().try_for_each(|item| fits(types, inner, item));
    }
    let plain = match kind {
        "Integer" => Some(value.is_i64()),
        "Float" => Some(value.is_number()),
        "Boolean" | "True" => Some(value.is_boolean()),
        "String" => Some(value.is_string()),
        _ => None,
    };
    if let Some(good) = plain {
        return if good { Ok(()) } else { Err(format!("not {kind}: {value}")) };
    }
    let object = types.get(kind).ok_or_else(|| format!("no type {kind}"))?;
    if let Some(subtypes) = object["subtypes"].as_array() {
        let failures: Vec<_> = subtypes
            .iter()
            .map(|name| fits(types, name.as_str().unwrap(), value))
            .filter_map(Result::err)
            .collect();
        return if failures.len() < subtypes.len() { Ok(()) } else { Err(failures.join("; ")) };
    }
    let fields = object["fields"].as_array().cloned().unwrap_or_default();
    let found = value.as_object().ok_or_else(|| format!("{kind} is no object: {value}"))?;
    for key in found.keys() {
        if !fields.iter().any(|field| field["name"] == key.as_str()) {
            return Err(format!("{kind} has no {key}"));
        }
    }
    for field in &fields {
        let name = field["name"].as_str().unwrap();
        let Some(value) = found.get(name) else {
            if field["required"] == true {
                return Err(format!("{kind} lacks {name}"));
            }
            continue;
        };
        let kinds = field["types"].as_array().unwrap();
        let mut failures = kinds.iter().map(|kind| fits(types, kind.as_str().unwrap(), value));
        if !failures.any(|result| result.is_ok()) {
            return Err(format!(
                "{kind}.{name}: {}",
                fits(types, kinds[0].as_str().unwrap(), value).unwrap_err()
            ));
        }
    }
    Ok(())
}
