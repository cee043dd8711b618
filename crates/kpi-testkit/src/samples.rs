//! Recorded samples of vendors' replies, where a checkout has them.

use std::path::{Path, PathBuf};

/// Where the samples are, relative to the workspace's root.
const BESIDE_WORKSPACE: &str = "../shared/apis/samples";

/// The folder of recorded samples: `KPI_SAMPLES`, or the one beside the workspace. `None` elsewhere, and then a test
/// that needs them counts as skipped.
pub fn samples() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("KPI_SAMPLES") {
        return Some(PathBuf::from(folder)).filter(|folder| folder.is_dir());
    }
    let package = package_folder();
    package.ancestors().map(|folder| folder.join(BESIDE_WORKSPACE)).find(|folder| folder.is_dir())
}

/// The folder of the package whose tests run.
pub(crate) fn package_folder() -> PathBuf {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    folder.canonicalize().unwrap_or(folder)
}

/// A path of the package whose tests run.
pub(crate) fn in_package(path: &str) -> PathBuf {
    let path = Path::new(path);
    if path.is_absolute() { path.to_owned() } else { package_folder().join(path) }
}
