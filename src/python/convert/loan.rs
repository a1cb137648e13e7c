//! Arrays that Python sees only during a call.

use std::cell::Cell;
use std::ffi::CStr;
use std::ptr;

use super::exporter;
use crate::error::{Error, Result};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::value::array::View;

/// Everything that is lent to Python, the latest first; a list.
static LENT: LoanedArray = LoanedArray(Cell::new(ptr::null_mut()));

struct LoanedArray(Cell<*mut Loan>);

// SAFETY: it is used under the GIL only.
unsafe impl Sync for LoanedArray {}

/// Loans that have ended, with exporters that nobody looks at, and memoryviews of them that nobody has; a
/// list.
static ENDED: EndedLoans = EndedLoans { latest: Cell::new(ptr::null_mut()), count: Cell::new(0) };

struct EndedLoans {
    latest: Cell<*mut Loan>,
    count: Cell<usize>,
}

/// How many are kept.
const MOST_ENDED: usize = 16;

// SAFETY: as above.
unsafe impl Sync for EndedLoans {}

/// In a box, which two lists refer to.
struct Loan {
    exporter: PyRef,
    view: Option<PyRef>,
    /// What the same call has lent before, or what ended before.
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

    /// Whether anything is lent.
    #[inline(always)]
    pub fn is_any(&self) -> bool {
        !self.latest.get().is_null()
    }

    /// A memoryview of an array until the loans end.
    pub(super) fn lend(&self, gil: &Gil, array: &View<'_>, format: &'static CStr) -> Result<PyRef> {
        let mut loan = Loan::new(gil, array, format)?;
        let view = match &loan.view {
            Some(view) => view.clone_ref(gil),
            None => match exporter::view(gil, &loan.exporter) {
                Ok(view) => loan.view.insert(view).clone_ref(gil),
                Err(error) => {
                    loan.give_back(gil, false);
                    return Err(error);
                }
            },
        };
        (loan.before, loan.later, loan.earlier) =
            (self.latest.get(), ptr::null_mut(), LENT.0.get());
        let loan = Box::into_raw(loan);
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
        match self.is_any() {
            false => Ok(()),
            true => self.revoke(gil),
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
    /// A loan that is in no list, perhaps with a view already.
    fn new(gil: &Gil, array: &View<'_>, format: &'static CStr) -> Result<Box<Loan>> {
        // SAFETY: a loan that `give_back` has put there.
        if let Some(latest) = unsafe { ENDED.latest.get().as_mut() } {
            ENDED.latest.set(latest.before);
            ENDED.count.update(|count| count - 1);
            let aside = latest.view.take();
            latest.view = exporter::reuse(gil, &latest.exporter, (array, format), aside);
            // SAFETY: it was made of a box, and is in no list any more.
            return Ok(unsafe { Box::from_raw(latest) });
        }
        Ok(Box::new(Loan {
            exporter: exporter::new(gil, array, format, None)?,
            view: None,
            before: ptr::null_mut(),
            later: ptr::null_mut(),
            earlier: ptr::null_mut(),
        }))
    }

    /// Takes one out of the list of everything.
    ///
    /// # Safety
    /// It is in there, and not used by anybody else; the GIL is held.
    unsafe fn take(loan: *mut Loan) -> Box<Loan> {
        // SAFETY: it is in there, and not used by anybody else; the GIL is held; the neighbours are
        // in the list as well.
        unsafe {
            let loan = Box::from_raw(loan);
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
    fn revoke(mut self: Box<Loan>, gil: &Gil) -> bool {
        self.view = self.view.take().and_then(|view| exporter::put_aside(gil, view));
        let escaped = exporter::revoke(gil, &self.exporter, self.looks_aside());
        self.give_back(gil, escaped);
        escaped
    }

    /// How often its exporter is looked at by a view that was put aside.
    fn looks_aside(&self) -> usize {
        usize::from(self.view.is_some())
    }

    /// Keeps it for another array, if nobody else knows its exporter.
    fn give_back(mut self: Box<Loan>, gil: &Gil, escaped: bool) {
        let own = 1 + self.looks_aside();
        // SAFETY: a live object under the GIL.
        let references = unsafe { gil.api.references(self.exporter.as_ptr()) };
        if escaped || references != own as u64 || ENDED.count.get() == MOST_ENDED {
            if let Some(view) = self.view.take() {
                exporter::let_go_aside(gil, view);
            }
            return self.exporter.release(gil);
        }
        self.before = ENDED.latest.get();
        ENDED.latest.set(Box::into_raw(self));
        ENDED.count.update(|count| count + 1);
    }
}

/// Whether an address is in memory that is lent to Python by any call.
#[inline(always)]
pub(super) fn is_lent(gil: &Gil, address: usize) -> bool {
    let latest = LENT.0.get();
    !latest.is_null() && is_lent_since(gil, latest, address)
}

#[inline(never)]
fn is_lent_since(gil: &Gil, latest: *mut Loan, address: usize) -> bool {
    let mut next = latest;
    // SAFETY: what is in the list is there until it is taken out, under the GIL.
    while let Some(loan) = unsafe { next.as_ref() } {
        if exporter::has(gil, &loan.exporter, address) {
            return true;
        }
        next = loan.earlier;
    }
    false
}
