//! SQLite's window on the [`Disk`]: the one place of these tests that needs `unsafe`, because SQLite calls back in C.
//!
//! Each folder is a machine of its own with one process, so that locks always succeed.

#![allow(unsafe_code, reason = "SQLite calls these functions, with pointers of its own")]

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

use crate::platter::{Disk, Fault};

/// All machines, by the name of their folder.
static MACHINES: Mutex<BTreeMap<String, Disk>> = Mutex::new(BTreeMap::new());

/// Is an open file, as SQLite keeps it.
#[repr(C)]
struct Handle {
    base: sqlite3_file,
    name: *mut String,
    /// Memory that readers and writers of one file share.
    shared: *mut Vec<Box<[u64]>>,
}

fn machines() -> MutexGuard<'static, BTreeMap<String, Disk>> {
    MACHINES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does something with the disk of a folder.
pub(crate) fn with_disk<T>(folder: &str, act: impl FnOnce(&mut Disk) -> T) -> T {
    act(machines().entry(folder.to_owned()).or_default())
}

/// Takes the disk out of a folder.
pub(crate) fn take_disk(folder: &str) -> Disk {
    machines().remove(folder).unwrap_or_default()
}

/// Makes this the file system of every connection of this program.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let vfs = sqlite3_vfs {
            iVersion: 1,
            szOsFile: c_int::try_from(size_of::<Handle>()).expect("small"),
            mxPathname: 512,
            pNext: ptr::null_mut(),
            zName: c"platter".as_ptr(),
            pAppData: ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_path),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(time),
            xGetLastError: Some(last_error),
            xCurrentTimeInt64: None,
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        };
        let done = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 1) };
        assert_eq!(done, ffi::SQLITE_OK);
    });
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(lock),
    xCheckReservedLock: Some(reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(traits),
    xShmMap: Some(share),
    xShmLock: Some(share_lock),
    xShmBarrier: Some(barrier),
    xShmUnmap: Some(unshare),
    xFetch: None,
    xUnfetch: None,
};

fn named<T>(name: &str, act: impl FnOnce(&mut Disk, &str) -> T) -> T {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    with_disk(folder, |disk| act(disk, name))
}

unsafe fn text(name: *const c_char) -> String {
    if name.is_null() {
        return "/temporary/file".to_owned();
    }
    unsafe { CStr::from_ptr(name) }.to_str().expect("a name in UTF-8").to_owned()
}

unsafe fn on_file<T>(file: *mut sqlite3_file, act: impl FnOnce(&mut Disk, &str) -> T) -> T {
    let handle = unsafe { &*file.cast::<Handle>() };
    named(unsafe { &*handle.name }, act)
}

/// Returns the code of a fault, `otherwise` being that of a broken disk.
fn code(done: Result<(), Fault>, otherwise: c_int) -> c_int {
    match done {
        Ok(()) => ffi::SQLITE_OK,
        Err(Fault::Full) => ffi::SQLITE_FULL,
        Err(_) => otherwise,
    }
}

fn offset(at: i64) -> usize {
    usize::try_from(at).expect("a place in a file")
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let handle = unsafe { &mut *file.cast::<Handle>() };
    handle.base.pMethods = ptr::null();
    let name = unsafe { text(name) };
    let create = flags & ffi::SQLITE_OPEN_CREATE != 0;
    let opened =
        named(
            &name,
            |disk, name| {
                if disk.dead() { Err(Fault::PowerCut) } else { disk.open(name, create) }
            },
        );
    match opened {
        Ok(true) => {}
        Err(Fault::Full) => return ffi::SQLITE_FULL,
        _ => return ffi::SQLITE_CANTOPEN,
    }
    handle.base.pMethods = &raw const METHODS;
    handle.name = Box::into_raw(Box::new(name));
    handle.shared = Box::into_raw(Box::default());
    if !out.is_null() {
        unsafe { *out = flags };
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let handle = unsafe { &mut *file.cast::<Handle>() };
    drop(unsafe { Box::from_raw(handle.name) });
    drop(unsafe { Box::from_raw(handle.shared) });
    handle.base.pMethods = ptr::null();
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    amount: c_int,
    at: i64,
) -> c_int {
    let into = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), amount as usize) };
    let read = |disk: &mut Disk, name: &str| {
        if disk.dead() {
            return ffi::SQLITE_IOERR_READ;
        }
        let kept = disk.file(name).now.get(offset(at)..).unwrap_or_default();
        let length = kept.len().min(into.len());
        into[..length].copy_from_slice(&kept[..length]);
        into[length..].fill(0);
        if length < into.len() { ffi::SQLITE_IOERR_SHORT_READ } else { ffi::SQLITE_OK }
    };
    unsafe { on_file(file, read) }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    amount: c_int,
    at: i64,
) -> c_int {
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), amount as usize) };
    let done = unsafe { on_file(file, |disk, name| disk.write(name, offset(at), bytes)) };
    code(done, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: i64) -> c_int {
    let done = unsafe { on_file(file, |disk, name| disk.truncate(name, offset(length))) };
    code(done, ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    code(unsafe { on_file(file, Disk::sync) }, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn size(file: *mut sqlite3_file, out: *mut i64) -> c_int {
    let length = unsafe { on_file(file, |disk, name| disk.file(name).now.len()) };
    unsafe { *out = i64::try_from(length).expect("small") };
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(_: *mut sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn reserved(_: *mut sqlite3_file, out: *mut c_int) -> c_int {
    unsafe { *out = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn control(_: *mut sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector(_: *mut sqlite3_file) -> c_int {
    512
}

unsafe extern "C" fn traits(_: *mut sqlite3_file) -> c_int {
    0
}

unsafe extern "C" fn share(
    file: *mut sqlite3_file,
    region: c_int,
    length: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    let shared = unsafe { &mut *(*file.cast::<Handle>()).shared };
    let region = region as usize;
    unsafe { *out = ptr::null_mut() };
    while shared.len() <= region && extend != 0 {
        shared.push(vec![0; length as usize / 8].into_boxed_slice());
    }
    if let Some(memory) = shared.get_mut(region) {
        unsafe { *out = memory.as_mut_ptr().cast() };
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn share_lock(_: *mut sqlite3_file, _: c_int, _: c_int, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn barrier(_: *mut sqlite3_file) {}

unsafe extern "C" fn unshare(file: *mut sqlite3_file, _: c_int) -> c_int {
    unsafe { (*(*file.cast::<Handle>()).shared).clear() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, for_sure: c_int) -> c_int {
    let name = unsafe { text(name) };
    match named(&name, |disk, name| disk.delete(name, for_sure != 0)) {
        Ok(true) => ffi::SQLITE_OK,
        Ok(false) => ffi::SQLITE_IOERR_DELETE_NOENT,
        Err(_) => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let name = unsafe { text(name) };
    let there = named(&name, |disk, name| {
        let file = disk.file(name);
        file.there && (flags != ffi::SQLITE_ACCESS_EXISTS || !file.now.is_empty())
    });
    unsafe { *out = c_int::from(there) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    let name = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
    if name.len() > room as usize {
        return ffi::SQLITE_CANTOPEN;
    }
    unsafe { ptr::copy_nonoverlapping(name.as_ptr().cast(), out, name.len()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_: *mut sqlite3_vfs, amount: c_int, out: *mut c_char) -> c_int {
    // The same each time, and never the same twice: salts of logs must differ.
    static LAST: Mutex<u64> = Mutex::new(0x9e37_79b9_7f4a_7c15);
    let out = unsafe { std::slice::from_raw_parts_mut(out.cast::<u8>(), amount as usize) };
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    for byte in out {
        *last = last.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        *byte = (*last >> 56) as u8;
    }
    amount
}

unsafe extern "C" fn sleep(_: *mut sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

unsafe extern "C" fn time(_: *mut sqlite3_vfs, out: *mut f64) -> c_int {
    unsafe { *out = 2_460_000.5 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn last_error(_: *mut sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    0
}
