//! [`TypeInfo`]: a type as a signature declares it.

use std::ffi::CStr;
use std::fmt;
use std::str::FromStr;

use super::{Kind, Type};
use crate::abi;
use crate::error::{Error, Result, Status};

/// The most dimensions that an array can have.
pub const MAX_RANK: usize = 32;

/// A type with the foreign type's name and, for an array, its rank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeInfo {
    /// The type.
    pub r#type: Type,
    /// The foreign type's name.
    pub alias: Option<Box<str>>,
    /// The number of dimensions of an array; 0 accepts any, and is that of everything else.
    pub dimensions: usize,
}

/// The alias of text that may have halves of surrogate pairs, as Python's and Java's strings may.
pub const SURROGATEPASS: &str = "surrogatepass";

/// The longest alias in bytes: room for every copy of it.
const LONGEST_ALIAS: usize = 1 << 20;

impl TypeInfo {
    /// Whether halves of surrogate pairs go through, by the alias that asks for it.
    pub fn passes_surrogates(&self) -> bool {
        self.alias.as_deref() == Some(SURROGATEPASS)
    }

    /// A type of any rank, without an alias.
    pub const fn new(r#type: Type) -> TypeInfo {
        TypeInfo { r#type, alias: None, dimensions: 0 }
    }

    /// A copy of what C declares.
    ///
    /// # Safety
    /// `info.alias` is NULL or a NUL-terminated string, alive for the call.
    pub unsafe fn from_abi(info: &abi::metaffi_type_info) -> Result<TypeInfo> {
        let r#type = Type::new(info.r#type)?;
        let dimensions = rank(info.dimensions, r#type)?;
        // SAFETY: `info.alias` is NULL or a NUL-terminated string, alive for the call.
        let alias = unsafe { alias(info.alias) }?;
        Ok(TypeInfo { r#type, alias, dimensions })
    }

    /// Copies of what C declares in a row; a failure names `what` and the index.
    ///
    /// # Safety
    /// Each `alias` is NULL or a NUL-terminated string, alive for the call.
    pub unsafe fn all_from_abi(
        infos: &[abi::metaffi_type_info],
        what: &str,
    ) -> Result<Vec<TypeInfo>> {
        let convert = |(index, info)| {
            // SAFETY: each `alias` is NULL or a NUL-terminated string, alive for the call.
            unsafe { TypeInfo::from_abi(info) }
                .map_err(|error| error.context(format_args!("{what}[{index}]")))
        };
        infos.iter().enumerate().map(convert).collect()
    }
}

impl From<Type> for TypeInfo {
    fn from(r#type: Type) -> TypeInfo {
        TypeInfo::new(r#type)
    }
}

impl From<Kind> for TypeInfo {
    fn from(kind: Kind) -> TypeInfo {
        TypeInfo::new(kind.into())
    }
}

/// `handle<java.util.List>`, `float64_array rank 2`.
impl fmt::Display for TypeInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.r#type)?;
        if let Some(alias) = &self.alias {
            write!(f, "<{alias}>")?;
        }
        if self.dimensions != 0 {
            write!(f, " rank {}", self.dimensions)?;
        }
        Ok(())
    }
}

/// What it prints as: `handle<java.util.List>`, `float64_array rank 2`.
impl FromStr for TypeInfo {
    type Err = Error;

    fn from_str(text: &str) -> Result<TypeInfo> {
        let (text, dimensions) = match text.rsplit_once(" rank ") {
            Some((rest, number)) if !text.ends_with('>') => (rest, parse_rank(number)?),
            _ => (text, 0),
        };
        let (name, alias) = match text.trim_end().strip_suffix('>').and_then(|t| t.split_once('<'))
        {
            Some((name, alias)) => (name, Some(alias.trim()).filter(|alias| !alias.is_empty())),
            None => (text, None),
        };
        let r#type = Type::parse(name)?;
        let dimensions = rank(dimensions, r#type)?;
        Ok(TypeInfo { r#type, alias: alias.map(Box::from), dimensions })
    }
}

fn parse_rank(number: &str) -> Result<i64> {
    number.trim().parse().map_err(|_| {
        let message = format!("rank \"{number}\" is no number; write the rank, 1 to {MAX_RANK}");
        Error::new(Status::Syntax, message)
    })
}

fn rank(dimensions: i64, r#type: Type) -> Result<usize> {
    let invalid = |message| Err(Error::invalid(message));
    match usize::try_from(dimensions) {
        Ok(0) => Ok(0),
        Ok(_) if !r#type.is_array() => {
            invalid(format!("dimensions {dimensions} given for {type}, which is no array: pass 0"))
        }
        Ok(rank) if rank <= MAX_RANK => Ok(rank),
        _ => invalid(format!(
            "dimensions {dimensions} of {type}: pass the rank, 1 to {MAX_RANK}, or 0 for any"
        )),
    }
}

/// # Safety
/// `alias` is NULL or NUL-terminated.
unsafe fn alias(alias: *const std::ffi::c_char) -> Result<Option<Box<str>>> {
    if alias.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, so NUL-terminated.
    let text = unsafe { CStr::from_ptr(alias) };
    match text.to_str() {
        Ok("") => Ok(None),
        Ok(text) if text.len() > LONGEST_ALIAS => {
            let length = text.len();
            let message = format!("alias is {length} bytes long; the most is {LONGEST_ALIAS}");
            Err(Error::out_of_range(message))
        }
        Ok(text) => Ok(Some(text.into())),
        Err(error) => Err(Error::new(
            Status::InvalidText,
            format!(
                "alias \"{}\": invalid UTF-8 at byte {}",
                text.to_string_lossy(),
                error.valid_up_to()
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr;

    fn from(r#type: u64, alias: Option<&CStr>, dimensions: i64) -> Result<TypeInfo> {
        let alias = alias.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: `alias` is NULL or a CStr's.
        unsafe { TypeInfo::from_abi(&abi::metaffi_type_info { r#type, alias, dimensions }) }
    }

    #[test]
    fn what_c_declares_is_copied() {
        let info = from(abi::metaffi_handle_type, Some(c"java.util.List"), 0).unwrap();
        assert_eq!(info.alias.as_deref(), Some("java.util.List"));
        assert_eq!(info.to_string(), "handle<java.util.List>");
        let info = from(abi::metaffi_float64_array_type, None, 2).unwrap();
        assert_eq!((info.dimensions, info.to_string().as_str()), (2, "float64_array rank 2"));
        assert_eq!(from(abi::metaffi_int64_type, Some(c""), 0).unwrap(), Kind::Int64.into());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let refused = |r#type, alias, dimensions, status, part: &str| {
            let error = from(r#type, alias, dimensions).unwrap_err();
            assert_eq!(error.status(), status, "{error}");
            assert!(error.message().contains(part), "{error}");
        };
        let array = abi::metaffi_int8_array_type;
        refused(array, None, -1, Status::InvalidArgument, "dimensions -1 of int8_array");
        refused(array, None, 33, Status::InvalidArgument, "1 to 32");
        refused(abi::metaffi_int8_type, None, 1, Status::InvalidArgument, "no array");
        refused(0, None, 0, Status::InvalidArgument, "no type at all");
        refused(array, Some(c"ab\xff"), 1, Status::InvalidText, "invalid UTF-8 at byte 2");
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for text in
            ["int64", "handle<java.util.Map<K, V>>", "float64_array rank 2", "any<a rank b>"]
        {
            assert_eq!(text.parse::<TypeInfo>().unwrap().to_string(), text);
        }
        let info: TypeInfo = " uint8_array<unsigned char *> rank 1".parse().unwrap();
        assert_eq!(info.to_string(), "uint8_array<unsigned char *> rank 1");
        let refused = |text: &str| text.parse::<TypeInfo>().unwrap_err().message().to_owned();
        assert!(refused("in64").contains("did you mean \"int64\""));
        assert!(refused("int64 rank 1").contains("no array"));
        assert!(refused("int64_array rank two").contains("rank \"two\" is no number"));
        assert!(refused("handle<x").contains("no type is named \"handle<x\""));
    }

    #[test]
    fn a_row_names_the_index() {
        let info = |r#type| abi::metaffi_type_info { r#type, alias: ptr::null(), dimensions: 0 };
        let infos = [info(abi::metaffi_int8_type), info(3)];
        // SAFETY: no aliases.
        let error = unsafe { TypeInfo::all_from_abi(&infos, "params") }.unwrap_err();
        assert!(error.message().starts_with("params[1]: 3 is not a type"), "{error}");
    }
}
