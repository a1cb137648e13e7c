//! [`ReturnPlan`]: the result of a C function, and what is made of it.

use super::plain::{is_char, is_plain};
use crate::backend::c::convert::{Direction, check};
use crate::backend::c::data::ctype::{CType, Representation};
use crate::call::Plan;
use crate::call::plan::native_type::NativeType;
use crate::error::{Error, Result};
use crate::signature::{Kind, Type};

/// What is made of a result.
pub(super) struct ReturnPlan {
    pub(super) ctype: CType,
    /// What is made of the result, and in which slot; `None` if nobody wants it.
    pub(super) wanted: Option<(Type, usize)>,
    pub(super) plain: bool,
    /// Whether it is an object, of a type that is what it will be.
    pub(super) object: bool,
}

impl ReturnPlan {
    /// For a result that C has as `native`.
    pub(super) fn new(ctype: CType, signature: &Plan, native: &NativeType) -> Result<ReturnPlan> {
        match signature.return_types() {
            [] => {
                let plain = ctype.class == Representation::Void;
                Ok(ReturnPlan { ctype, wanted: None, plain, object: false })
            }
            [info] => {
                check(info, &ctype, Direction::FromC).map_err(|error| error.context("return"))?;
                let plain = is_plain(info.r#type, native) || is_char(info.r#type, native);
                Ok(ReturnPlan {
                    object: info.r#type.kind() == Kind::Handle && ctype.is_settled(),
                    ctype,
                    wanted: Some((info.r#type, signature.returns()[0].slot())),
                    plain,
                })
            }
            several => Err(Error::invalid(format!(
                "{} return types given; a C function returns at most one",
                several.len()
            ))),
        }
    }

    /// What the word of the result is; `None` if it is in none.
    pub(super) fn word(&self) -> Option<Kind> {
        match (self.wanted, self.ctype.class) {
            (Some((r#type, _)), _) if self.plain => Some(r#type.kind()),
            (None, Representation::Void) => Some(Kind::Uint64),
            (_, Representation::Pointer(_)) => Some(Kind::Size),
            _ => None,
        }
    }
}
