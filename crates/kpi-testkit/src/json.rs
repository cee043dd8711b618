//! JSON with its numbers as they were written, so that a reply can be changed in one place and nowhere else.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON document whose leaves are text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Leaf(String),
}

impl Node {
    /// Reads a document; `None` when it is not JSON.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice::<&RawValue>(text).ok().and_then(|raw| Self::of(raw.get()))
    }

    fn of(raw: &str) -> Option<Self> {
        match raw.as_bytes().first() {
            Some(b'{') => {
                let Entries(entries) = serde_json::from_str(raw).ok()?;
                let nodes = entries.into_iter().map(|(key, value)| Some((key, Self::of(value.get())?)));
                nodes.collect::<Option<_>>().map(Self::Object)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
                items.into_iter().map(|item| Self::of(item.get())).collect::<Option<_>>().map(Self::Array)
            }
            _ => Some(Self::Leaf(raw.to_owned())),
        }
    }

    /// The document as text.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Object(entries) => {
                let entries: Vec<String> =
                    entries.iter().map(|(key, value)| format!("{}:{}", quoted(key), value.text())).collect();
                format!("{{{}}}", entries.join(","))
            }
            Self::Array(items) => {
                let items: Vec<String> = items.iter().map(Self::text).collect();
                format!("[{}]", items.join(","))
            }
            Self::Leaf(text) => text.clone(),
        }
    }

    /// The same with a change made to every object.
    pub(crate) fn each_object(&self, change: &impl Fn(&mut Vec<(String, Node)>)) -> Self {
        match self {
            Self::Object(entries) => {
                let mut entries: Vec<(String, Self)> =
                    entries.iter().map(|(key, value)| (key.clone(), value.each_object(change))).collect();
                change(&mut entries);
                Self::Object(entries)
            }
            Self::Array(items) => Self::Array(items.iter().map(|item| item.each_object(change)).collect()),
            Self::Leaf(text) => Self::Leaf(text.clone()),
        }
    }

    /// The places of its leaves, one of each shape: `results[0].metrics.clicks`, not `results[1].…` too.
    pub(crate) fn leaves(&self) -> Vec<Place> {
        let mut found = Vec::new();
        self.find_leaves(&Place::default(), &mut found);
        let mut shapes = std::collections::BTreeSet::new();
        found.retain(|place: &Place| shapes.insert(place.shape()));
        found
    }

    fn find_leaves(&self, place: &Place, found: &mut Vec<Place>) {
        match self {
            Self::Object(entries) => {
                for (key, value) in entries {
                    value.find_leaves(&place.then(Step::Key(key.clone())), found);
                }
            }
            Self::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.find_leaves(&place.then(Step::Item(index)), found);
                }
            }
            Self::Leaf(_) => found.push(place.clone()),
        }
    }

    /// The text of the leaf at a place.
    pub(crate) fn leaf(&self, place: &[Step]) -> Option<&str> {
        match (self, place.split_first()) {
            (Self::Leaf(text), None) => Some(text),
            (Self::Object(entries), Some((Step::Key(wanted), rest))) => {
                entries.iter().find(|(key, _)| key == wanted)?.1.leaf(rest)
            }
            (Self::Array(items), Some((Step::Item(wanted), rest))) => items.get(*wanted)?.leaf(rest),
            _ => None,
        }
    }

    /// The same with the node at a place replaced, or taken away.
    pub(crate) fn with(&self, place: &[Step], change: Option<&str>) -> Self {
        let Some((step, rest)) = place.split_first() else {
            return change.map_or_else(|| self.clone(), |text| Self::Leaf(text.to_owned()));
        };
        match (self, step) {
            (Self::Object(entries), Step::Key(wanted)) => {
                let kept = entries.iter().filter(|(key, _)| !(key == wanted && rest.is_empty() && change.is_none()));
                Self::Object(
                    kept.map(|(key, value)| {
                        (key.clone(), if key == wanted { value.with(rest, change) } else { value.clone() })
                    })
                    .collect(),
                )
            }
            (Self::Array(items), Step::Item(wanted)) => {
                let kept = items
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| !(index == wanted && rest.is_empty() && change.is_none()));
                Self::Array(
                    kept.map(|(index, item)| if index == *wanted { item.with(rest, change) } else { item.clone() })
                        .collect(),
                )
            }
            _ => self.clone(),
        }
    }
}

/// A step into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Item(usize),
}

/// Where something stands in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) Vec<Step>);

impl Place {
    fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The place without the numbers of items: `results[].metrics.clicks`.
    pub(crate) fn shape(&self) -> String {
        let mut text = String::new();
        for step in &self.0 {
            match step {
                Step::Key(key) if text.is_empty() => text.push_str(key),
                Step::Key(key) => text.push_str(&format!(".{key}")),
                Step::Item(_) => text.push_str("[]"),
            }
        }
        text
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The entries of an object in their order.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(All)
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    const TEXT: &str = r#"{"a":[{"b":0.10000000000000000001,"c":"x\u00e9"},{"b":1e3}],"d":{"e":null}}"#;

    fn node() -> Node {
        Node::parse(TEXT.as_bytes()).unwrap()
    }

    #[test]
    fn keeps_what_it_does_not_change() {
        assert_eq!(node().text(), TEXT);
        assert_eq!(Node::parse(b"<html>"), None);
    }

    #[test]
    fn changes_one_place() {
        let places: Vec<String> = node().leaves().iter().map(super::Place::shape).collect();
        assert_eq!(places, ["a[].b", "a[].c", "d.e"]);
        let place = &node().leaves()[0].0;
        assert_eq!(node().with(place, Some("2")).text(), TEXT.replace("0.10000000000000000001", "2"));
        assert_eq!(node().with(place, None).text(), TEXT.replace(r#""b":0.10000000000000000001,"#, ""));
    }

    #[test]
    fn changes_every_object() {
        let reversed = node().each_object(&|entries| entries.reverse());
        assert_eq!(reversed.text(), r#"{"d":{"e":null},"a":[{"c":"x\u00e9","b":0.10000000000000000001},{"b":1e3}]}"#);
    }
}
