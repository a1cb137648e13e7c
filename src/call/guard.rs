use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Result, Status};

/// Runs code of ours that may have a defect: a panic becomes an error. Never put guest code
/// inside: a foreign exception that meets `catch_unwind` ends the process.
pub fn guarded<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        let message = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("unknown panic");
        Err(Error::new(
            Status::Internal,
            format!("a defect in metaffi, please report it: {message}"),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_message() {
        let error = guarded::<()>(|| panic!("index {} too large", 7)).unwrap_err();
        assert_eq!(error.status(), Status::Internal);
        assert!(error.message().ends_with("index 7 too large"), "{error}");
        assert_eq!(guarded(|| Ok(1)).unwrap(), 1);
    }
}
