//! Arrays that Python sees only during a call.

use std::cell::RefCell;
use std::ops::Range;

use super::exporter;
use crate::error::{Error, Result, Status};
use crate::python::gil::Gil;
use crate::python::object::PyRef;
use crate::value::array::{View, size_of_element};

thread_local! {
    /// What this thread has lent, the innermost call last.
    static LENT: RefCell<Vec<Loan>> = const { RefCell::new(Vec::new()) };
}

struct Loan {
    exporter: PyRef,
    view: PyRef,
    memory: Range<usize>,
}

/// The arrays lent to one call, between [`begin`](Loans::begin) and [`end`](Loans::end). It has no
/// destructor: whoever leaves a call without ending its loans leaves them to the call around it.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Loans {
    outer: usize,
}

impl Loans {
    /// Starts before the first argument is converted.
    pub fn begin() -> Loans {
        Loans { outer: LENT.with_borrow(Vec::len) }
    }

    /// Ends them when the call has returned and its results have been converted: the memoryviews
    /// are released, so that Python raises `ValueError` on later use. If Python still has another
    /// view of the memory, a slice or a numpy array, that is the error.
    pub fn end(self, gil: &Gil) -> Result<()> {
        let mut escaped = false;
        while let Some(loan) = self.pop() {
            escaped |= loan.revoke(gil);
        }
        if !escaped {
            return Ok(());
        }
        Err(Error::new(
            Status::InvalidArgument,
            "Python kept a view of an array that was lent for the call only, and must not use it \
             any more; let the function keep a copy, such as view.tobytes(), view.tolist() or \
             numpy.array(view)",
        ))
    }

    fn pop(self) -> Option<Loan> {
        LENT.with_borrow_mut(|lent| if lent.len() > self.outer { lent.pop() } else { None })
    }
}

impl Loan {
    /// Whether anybody still sees the memory.
    fn revoke(self, gil: &Gil) -> bool {
        exporter::release_view(gil, &self.view);
        self.view.release(gil);
        let escaped = exporter::revoke(gil, &self.exporter);
        self.exporter.release(gil);
        escaped
    }
}

/// A memoryview of an array until the loans end.
pub(super) fn lend(gil: &Gil, exporter: PyRef, array: &View<'_>) -> Result<PyRef> {
    let view = exporter::view(gil, &exporter)?;
    let loan = Loan { exporter, view: view.clone_ref(gil), memory: extent(array) };
    LENT.with_borrow_mut(|lent| lent.push(loan));
    Ok(view)
}

/// The addresses from the first to behind the last byte of an array.
fn extent(array: &View<'_>) -> Range<usize> {
    let first = array.data().addr();
    if array.length() == 0 {
        // Nothing, but somewhere.
        return first..first.wrapping_add(1);
    }
    let (mut low, mut high) = (first, first + size_of_element(array.element()));
    for (dimension, extent) in array.shape().iter().enumerate() {
        let reach = array.stride(dimension).wrapping_mul(*extent as isize - 1);
        match reach < 0 {
            true => low = low.wrapping_add_signed(reach),
            false => high = high.wrapping_add_signed(reach),
        }
    }
    low..high
}

/// Whether an address is in memory that this thread has lent to Python.
pub(super) fn is_lent(address: usize) -> bool {
    LENT.with_borrow(|lent| lent.iter().any(|loan| loan.memory.contains(&address)))
}
