//! The arguments of calls, evaluated.

use super::super::value::{Arguments, Element, Gap, Keyword, Partial, Slot, Value, ValueKind};
use super::{Evaluator, Failure, Mistake, Stop};
use crate::tree::Location;
use ruff_python_ast::{self as ast, Expr};
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// The arguments of a call, evaluated.
    pub(super) fn arguments(&mut self, node: &'a ast::Arguments) -> Result<Arguments, Stop> {
        let mut arguments = Arguments::default();
        for argument in &node.args {
            if let Expr::Starred(starred) = argument {
                let value = self.expression(&starred.value)?;
                self.spread_positional(&value, &mut arguments, self.at(argument))?;
                continue;
            }
            let value = self.expression(argument)?;
            let slot = Slot::new(value, self.at(argument));
            match &mut arguments.more_positional {
                // Behind unknown ones its position is not known.
                Some(gap) => *gap = gap.merged(&Gap::with(Rc::clone(&gap.reason), [slot.value])),
                None => arguments.positional.push(slot),
            }
        }
        for keyword in &node.keywords {
            let value = self.expression(&keyword.value)?;
            let slot = Slot::new(value, self.at(&keyword.value));
            match &keyword.arg {
                Some(name) => {
                    let name_at = self.at(name);
                    arguments.keywords.push(Keyword { name: name.as_str().into(), name_at, slot });
                }
                None => self.spread_keywords(&slot, &mut arguments)?,
            }
        }
        self.charge(arguments.len());
        Ok(arguments)
    }

    pub(super) fn spread_positional(
        &mut self,
        value: &Value,
        arguments: &mut Arguments,
        at: Location,
    ) -> Result<(), Stop> {
        for element in self.elements(value, at)?.elements {
            match (element, &mut arguments.more_positional) {
                (Element::One(slot), None) => arguments.positional.push(slot),
                (Element::Gap(gap), None) => arguments.more_positional = Some(gap),
                (Element::One(slot), Some(gap)) => *gap = gap.merged(&Gap::with(Rc::clone(&gap.reason), [slot.value])),
                (Element::Gap(other), Some(gap)) => *gap = gap.merged(&other),
            }
        }
        Ok(())
    }

    /// `**mapping`.
    pub(super) fn spread_keywords(&mut self, slot: &Slot, arguments: &mut Arguments) -> Result<(), Stop> {
        let is_plain = matches!(
            slot.value.kind,
            ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Text(_)
        );
        if is_plain {
            let message = format!("argument after ** must be a mapping, not {}", self.type_name(&slot.value));
            let failure = self.raise_on(&[&slot.value], "TypeError", message, slot.at);
            self.settle(failure, slot.at)?;
        }
        let Some(mapping) = self.mapping_of(&slot.value, slot.at)? else {
            let candidates: Vec<Value> =
                slot.value.as_unknown().map(|unknown| unknown.candidates.to_vec()).unwrap_or_default();
            let gap = Gap::with(self.snippet(slot.at), candidates);
            arguments.more_keywords =
                Some(arguments.more_keywords.as_ref().map_or_else(|| gap.clone(), |known| known.merged(&gap)));
            return Ok(());
        };
        for entry in mapping.entries.values() {
            let name_at = entry.key.value.at;
            match entry.key.value.as_text() {
                Some(name) if arguments.named(name).is_some() => {
                    let message = format!("got multiple values for keyword argument '{name}'");
                    if let Failure::Stop = self.raise_for(Mistake::WrongCall, "TypeError", message, slot.at) {
                        return Err(Stop);
                    }
                }
                Some(name) => {
                    arguments.keywords.push(Keyword { name: name.into(), name_at, slot: entry.value.clone() })
                }
                None => {
                    if let Failure::Stop =
                        self.raise_for(Mistake::WrongCall, "TypeError", "keywords must be strings", slot.at)
                    {
                        return Err(Stop);
                    }
                }
            }
        }
        if let Some(gap) = mapping.rest {
            arguments.more_keywords =
                Some(arguments.more_keywords.as_ref().map_or_else(|| gap.clone(), |known| known.merged(&gap)));
        }
        Ok(())
    }
}

/// The arguments of a partial with those of its call.
pub(super) fn completed(partial: &Partial, arguments: Arguments) -> Arguments {
    let mut all = partial.arguments.clone();
    all.keywords.retain(|keyword| arguments.named(&keyword.name).is_none());
    match &mut all.more_positional {
        Some(gap) => {
            let values: Vec<Value> = arguments.positional.into_iter().map(|slot| slot.value).collect();
            *gap = gap.merged(&Gap::with(Rc::clone(&gap.reason), values));
        }
        None => {
            all.positional.extend(arguments.positional);
            all.more_positional = arguments.more_positional;
        }
    }
    all.keywords.extend(arguments.keywords);
    all.more_keywords = all.more_keywords.or(arguments.more_keywords);
    all
}
