//! Arrays that Python sees only during a call.

use std::cell::Cell;
use std::ops::Range;
use std::ptr;

use super::exporter;
use crate::error::{Error, Result};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::value::array::{View, size_of_element};

/// Everything that is lent to Python, the latest first; a list.
static LENT: LoanedArray = LoanedArray(Cell::new(ptr::null_mut()));

struct LoanedArray(Cell<*mut Loan>);

// SAFETY: it is used under the GIL only.
unsafe impl Sync for LoanedArray {}

/// In a box, which two lists refer to.
struct Loan {
    exporter: PyRef,
    view: PyRef,
    memory: Range<usize>,
    /// What the same call has lent before.
    before: *mut Loan,
    /// The neighbours in the list of everything.
    later: *mut Loan,
    earlier: *mut Loan,
}

/// The arrays lent to one call, from its first argument until its results have been converted. Calls
/// may [end](Loans::end) in any order.
///
/// It has no destructor: who leaves a call without ending its loans leaves them for ever.
#[derive(Debug)]
#[must_use]
pub struct Loans {
    /// The latest; a list.
    latest: Cell<*mut Loan>,
}

impl Loans {
    /// Nothing is lent.
    #[inline(always)]
    pub fn new() -> Loans {
        Loans { latest: Cell::new(ptr::null_mut()) }
    }

    /// A memoryview of an array until the loans end.
    pub(super) fn lend(&self, gil: &Gil, exporter: PyRef, array: &View<'_>) -> Result<PyRef> {
        let view = exporter::view(gil, &exporter)?;
        let loan = Box::into_raw(Box::new(Loan {
            exporter,
            view: view.clone_ref(gil),
            memory: extent(array),
            before: self.latest.get(),
            later: ptr::null_mut(),
            earlier: LENT.0.get(),
        }));
        // SAFETY: what is in the list is there until it is taken out, under the GIL.
        if let Some(earlier) = unsafe { LENT.0.get().as_mut() } {
            earlier.later = loan;
        }
        LENT.0.set(loan);
        self.latest.set(loan);
        Ok(view)
    }

    /// Ends them when the call has returned and its results have been converted: the memoryviews
    /// are released, so that Python raises `ValueError` on later use. If Python still has another
    /// view of the memory, a slice or a numpy array, that is the error.
    #[inline(always)]
    pub fn end(self, gil: &Gil) -> Result<()> {
        match self.latest.get().is_null() {
            true => Ok(()),
            false => self.revoke(gil),
        }
    }

    #[inline(never)]
    fn revoke(self, gil: &Gil) -> Result<()> {
        let (mut escaped, mut next) = (false, self.latest.get());
        while !next.is_null() {
            // SAFETY: a loan of this call, which ends here, once; the GIL is held.
            let loan = unsafe { Loan::take(next) };
            next = loan.before;
            escaped |= loan.revoke(gil);
        }
        if !escaped {
            return Ok(());
        }
        Err(Error::invalid(
            "Python kept a view of an array that was lent for the call only, and must not use it \
             any more; let the function keep a copy, such as view.tobytes(), view.tolist() or \
             numpy.array(view)",
        ))
    }
}

impl Loan {
    /// Takes one out of the list of everything.
    ///
    /// # Safety
    /// It is in there, and not used by anybody else; the GIL is held.
    unsafe fn take(loan: *mut Loan) -> Loan {
        // SAFETY: it is in there, and not used by anybody else; the GIL is held; the neighbours are
        // in the list as well.
        unsafe {
            let loan = *Box::from_raw(loan);
            match loan.later.as_mut() {
                Some(later) => later.earlier = loan.earlier,
                None => LENT.0.set(loan.earlier),
            }
            if let Some(earlier) = loan.earlier.as_mut() {
                earlier.later = loan.later;
            }
            loan
        }
    }

    /// Whether anybody still sees the memory.
    fn revoke(self, gil: &Gil) -> bool {
        exporter::release_view(gil, &self.view);
        self.view.release(gil);
        let escaped = exporter::revoke(gil, &self.exporter);
        self.exporter.release(gil);
        escaped
    }
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

/// Whether an address is in memory that is lent to Python by any call.
pub(super) fn is_lent(_: &Gil, address: usize) -> bool {
    let mut next = LENT.0.get();
    // SAFETY: what is in the list is there until it is taken out, under the GIL.
    while let Some(loan) = unsafe { next.as_ref() } {
        if loan.memory.contains(&address) {
            return true;
        }
        next = loan.earlier;
    }
    false
}
