//! `flyte.Image`: the layers that an image is made of, as far as they matter.

use std::rc::Rc;

use super::super::evaluate::{Call, Evaluator};
use super::super::value::{Arguments, Slot, Value};
use super::handles;

/// The attribute under which an image keeps its layers; no program can name it.
const LAYERS: &str = "flyte.Image layers";
/// More text than layers ever have.
const MAX_LAYERS: usize = 4_096;

/// The layers of an image: `from_debian_base().with_apt_packages()`.
pub fn layers_of(ev: &Evaluator<'_>, image: &Value) -> Rc<str> {
    let layers = ev.instance(image).and_then(|instance| instance.attributes.value(LAYERS)?.as_text().map(Rc::from));
    layers.unwrap_or_else(|| "".into())
}

/// An image with one more layer.
pub fn image(ev: &mut Evaluator<'_>, before: &str, layer: &str, call: &Call) -> Value {
    let value = handles::bare(ev, &"flyte.Image".into(), call);
    let mark = if layer.ends_with("with_pip_packages") { packages(ev, &call.arguments) } else { "" };
    let dot = if before.is_empty() { "" } else { "." };
    let layers = if before.len() < MAX_LAYERS { format!("{before}{dot}{layer}({mark})") } else { before.to_owned() };
    if let Some(id) = value.as_object() {
        ev.set_raw_attribute(id, LAYERS, call.at, Slot::new(Value::text(layers, call.at), call.at));
    }
    value
}

/// What is noted of the packages that a layer installs: whether the Kubernetes client is one of them.
fn packages(ev: &Evaluator<'_>, arguments: &Arguments) -> &'static str {
    let mut unknown = arguments.is_open();
    let mut found = false;
    for slot in &arguments.positional {
        let listed = ev.as_list(&slot.value).map(|(_, items)| items);
        unknown |= listed.map_or(slot.value.as_text().is_none(), |items| !items.is_known());
        let items: Vec<&Value> = listed.map_or_else(|| vec![&slot.value], |items| items.values().collect());
        unknown |= items.iter().any(|item| item.as_text().is_none());
        found |= items.iter().filter_map(|item| item.as_text()).any(|text| text.trim().starts_with("kubernetes"));
    }
    match (found, unknown) {
        (true, _) => "\"kubernetes\"",
        (false, true) => "…",
        (false, false) => "",
    }
}
