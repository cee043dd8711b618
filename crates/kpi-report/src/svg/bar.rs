//! A bar beside a figure of a table.

use super::place;

/// A bar of a share of its row, from 0 to 1.
pub(crate) fn bar(share: f64) -> String {
    let width = place((share * 100.0).clamp(0.0, 100.0));
    format!(
        "<svg class=ba viewBox=\"0 0 100 8\" preserveAspectRatio=none aria-hidden=true>\
         <rect width={width} height=8 /></svg>"
    )
}
