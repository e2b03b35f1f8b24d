//! Parameters: what a call binds them to.

use super::super::value::{Arguments, Cause, Function, Mapping, ObjectKind, ScopeId, Sequence, Slot, Unknown, Value};
use super::functions::Code;
use super::{Evaluator, Stop};
use crate::tree::Location;
use ruff_python_ast::{self as ast};
use ruff_text_size::Ranged;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    /// Binds the parameters of a function in its scope. `false` where it is not known what they get, after which the call
    /// has been given up.
    pub(super) fn bind_parameters(
        &mut self,
        code: Code<'a>,
        function: &Function,
        scope: ScopeId,
        arguments: &Arguments,
        at: Location,
    ) -> Result<bool, Stop> {
        let Some(parameters) = code.parameters() else {
            return self.refuse_surplus(code, arguments, 0, at);
        };
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = self.bind_each(code, parameters, function, arguments, at);
        self.scope = outer;
        result
    }

    pub(super) fn bind_each(
        &mut self,
        code: Code<'a>,
        parameters: &'a ast::Parameters,
        function: &Function,
        arguments: &Arguments,
        at: Location,
    ) -> Result<bool, Stop> {
        let mut used: Vec<&str> = Vec::new();
        let by_position: Vec<&ast::ParameterWithDefault> =
            parameters.posonlyargs.iter().chain(&parameters.args).collect();
        let only_positional = parameters.posonlyargs.len();
        let mut missing: Vec<&str> = Vec::new();
        for (index, parameter) in by_position.iter().enumerate() {
            let name = parameter.name().as_str();
            let keyword = if index < only_positional { None } else { arguments.named(name) };
            let given = arguments.positional.get(index);
            if given.is_some() && keyword.is_some() {
                let message = format!("{}() got multiple values for argument '{name}'", code.name());
                return self.refuse_call(message, at);
            }
            if keyword.is_some() {
                used.push(name);
            }
            self.bind_parameter(parameter, given.or(keyword), arguments, function, &mut missing, true);
        }
        for parameter in &parameters.kwonlyargs {
            let name = parameter.name().as_str();
            let given = arguments.named(name);
            if given.is_some() {
                used.push(name);
            }
            self.bind_parameter(parameter, given, arguments, function, &mut missing, false);
        }
        if !missing.is_empty() {
            let names = missing.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(" and ");
            let plural = if missing.len() == 1 { "" } else { "s" };
            let message = format!("{}() missing {} required argument{plural}: {names}", code.name(), missing.len());
            return self.refuse_call(message, at);
        }
        let surplus = arguments.positional.get(by_position.len()..).unwrap_or_default();
        match &parameters.vararg {
            Some(parameter) => {
                let mut rest = Sequence::known(surplus.to_vec());
                if let Some(gap) = &arguments.more_positional {
                    rest.push_gap(gap.clone());
                }
                let tuple = self.allocate(ObjectKind::Tuple(rest), at);
                self.bind_here(parameter.name.as_str(), tuple);
            }
            None if !surplus.is_empty() => return self.refuse_surplus(code, arguments, by_position.len(), at),
            None => {}
        }
        let unknown: Vec<&super::super::value::Keyword> =
            arguments.keywords.iter().filter(|keyword| !used.contains(&&*keyword.name)).collect();
        match &parameters.kwarg {
            Some(parameter) => {
                let mut rest = Mapping { rest: arguments.more_keywords.clone(), ..Mapping::default() };
                for keyword in unknown {
                    let key = super::super::value::Key::Text(Rc::clone(&keyword.name));
                    let name = Slot::new(Value::text(Rc::clone(&keyword.name), keyword.name_at), keyword.name_at);
                    rest.set(key, name, keyword.slot.clone());
                }
                let dict = self.allocate(ObjectKind::Dict(rest, None), at);
                self.bind_here(parameter.name.as_str(), dict);
            }
            None => {
                if let Some(keyword) = unknown.first() {
                    let message = format!("{}() got an unexpected keyword argument '{}'", code.name(), keyword.name);
                    return self.refuse_call(message, keyword.name_at);
                }
            }
        }
        Ok(true)
    }

    /// Binds one parameter to what is given, to its default, or to something unknown.
    pub(super) fn bind_parameter(
        &mut self,
        parameter: &'a ast::ParameterWithDefault,
        given: Option<&Slot>,
        arguments: &Arguments,
        function: &Function,
        missing: &mut Vec<&'a str>,
        by_position: bool,
    ) {
        let name = parameter.name().as_str();
        let start = parameter.parameter.range().start().to_u32();
        let default = function.defaults.iter().find(|(at, _)| *at == start).map(|(_, value)| value.clone());
        let gap = arguments.more_keywords.as_ref().or(arguments.more_positional.as_ref().filter(|_| by_position));
        let value = match (given, default, gap) {
            // A keyword among unknown ones is certain, since to repeat it would raise.
            (Some(slot), ..) => slot.value.clone(),
            (None, default, Some(gap)) => {
                let mut candidates: Vec<Value> = gap.candidates.to_vec();
                candidates.extend(default);
                let unknown = Unknown::new(Cause::External, Rc::clone(&gap.reason)).with_candidates(candidates);
                let symbol = self.symbols.opaque();
                Value::unknown(unknown.with_symbol(symbol), self.location(parameter.range()))
            }
            (None, Some(default), None) => default,
            (None, None, None) => {
                missing.push(name);
                return;
            }
        };
        self.bind_here(name, value);
    }

    pub(super) fn refuse_surplus(
        &mut self,
        code: Code<'a>,
        arguments: &Arguments,
        takes: usize,
        at: Location,
    ) -> Result<bool, Stop> {
        let given = arguments.positional.len();
        if given <= takes && arguments.keywords.is_empty() {
            return Ok(true);
        }
        let message = format!("{}() takes {takes} positional arguments but {given} were given", code.name());
        self.refuse_call(message, at)
    }

    /// A call that Python refuses.
    pub(super) fn refuse_call(&mut self, message: String, at: Location) -> Result<bool, Stop> {
        match self.raise_for(super::Mistake::WrongCall, "TypeError", message, at) {
            super::Failure::Stop => Err(Stop),
            _ => Ok(false),
        }
    }
}
