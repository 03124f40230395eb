//! The specification of what may be called: methods, parameters, types, kept apart from our client's.

mod check;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

pub(super) use check::{check, from_text};

/// The table in memory, read once.
pub static SPEC: LazyLock<Spec> =
    LazyLock::new(|| Spec::read(include_str!("methods.txt"), include_str!("types.txt")));

/// Methods and the objects their parameters are made of, by name.
pub struct Spec {
    methods: HashMap<&'static str, Method>,
    lower: HashMap<String, &'static str>,
    types: HashMap<&'static str, Type>,
}

/// A method.
pub struct Method {
    /// Its name, as the documentation writes it.
    pub name: Arc<str>,
    /// Its parameters.
    pub params: Vec<Param>,
}

/// A parameter of a method, or a field of an object.
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What it may be.
    pub shape: Shape,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// Text.
    String,
    /// This text.
    Literal(&'static str),
    /// A part of a multipart body.
    File,
    /// Any number of these.
    Array(Box<Self>),
    /// An object of this name.
    Object(&'static str),
    /// One of these.
    OneOf(Vec<Self>),
}

/// An object.
pub enum Type {
    /// With these fields.
    Fields(Vec<Param>),
    /// Any of these objects.
    Union(Vec<&'static str>),
}

impl Spec {
    /// The method of this name; Telegram does not mind the case of its letters.
    pub(super) fn method(&self, name: &str) -> Option<&Method> {
        self.methods.get(name).or_else(|| self.methods.get(self.lower.get(&name.to_ascii_lowercase())?))
    }

    /// The object of this name.
    pub fn object(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }

    /// Every method.
    pub fn methods(&self) -> impl Iterator<Item = &Method> {
        self.methods.values()
    }

    /// Every object.
    pub fn objects(&self) -> impl Iterator<Item = (&'static str, &Type)> {
        self.types.iter().map(|(name, object)| (*name, object))
    }

    fn read(methods: &'static str, types: &'static str) -> Self {
        let methods: HashMap<_, _> = entries(methods)
            .map(|(name, rest)| (name, Method { name: name.into(), params: params(&rest) }))
            .collect();
        let types = entries(types)
            .map(|(name, rest)| match name.strip_suffix(" =") {
                Some(name) => (name, Type::Union(rest.iter().flat_map(|line| words(line, '|')).collect())),
                None => (name, Type::Fields(params(&rest))),
            })
            .collect();
        let lower = methods.keys().map(|name| (name.to_ascii_lowercase(), *name)).collect();
        Self { methods, lower, types }
    }
}

/// The entries of a table: a line that begins at the margin, and the indented ones that follow it.
fn entries(table: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let mut lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).peekable();
    std::iter::from_fn(move || {
        let head = lines.next()?;
        let (name, first) = match head.split_once('=') {
            Some((name, first)) => (&head[..=name.len()], first.trim()),
            None => (head.trim_end_matches(':'), ""),
        };
        let mut rest = vec![first];
        while let Some(line) = lines.next_if(|line| line.starts_with(' ')) {
            rest.push(line.trim());
        }
        Some((name, rest))
    })
}

fn words(line: &'static str, between: char) -> impl Iterator<Item = &'static str> {
    line.split(between).map(str::trim).filter(|word| !word.is_empty())
}

fn params(lines: &[&'static str]) -> Vec<Param> {
    lines
        .iter()
        .flat_map(|line| words(line, ','))
        .map(|param| {
            let (name, shape) =
                param.split_once(' ').expect("the table has a name and a type in every entry");
            Param { name: name.trim_end_matches('!'), required: name.ends_with('!'), shape: shape_of(shape) }
        })
        .collect()
}

fn shape_of(text: &'static str) -> Shape {
    if text.contains('|') {
        return Shape::OneOf(words(text, '|').map(shape_of).collect());
    }
    if let Some(inner) = text.strip_prefix('[') {
        return Shape::Array(Box::new(shape_of(
            inner.strip_suffix(']').expect("the table closes its brackets"),
        )));
    }
    if let Some(inner) = text.strip_prefix('\'') {
        return Shape::Literal(inner.trim_end_matches('\''));
    }
    match text {
        "Integer" => Shape::Integer,
        "Float" => Shape::Float,
        "Boolean" => Shape::Boolean,
        "String" => Shape::String,
        "InputFile" => Shape::File,
        object => Shape::Object(object),
    }
}
