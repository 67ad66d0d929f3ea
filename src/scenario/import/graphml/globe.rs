//! Places on a globe, and how long light takes between them.

use crate::units::SimDuration;

/// Latitude and longitude in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    latitude: f64,
    longitude: f64,
}

impl Position {
    /// Of two texts; `None`: one of them is no number of degrees, or beyond a pole or half a turn.
    pub fn read(latitude: Option<&str>, longitude: Option<&str>) -> Option<Self> {
        Some(Self {
            latitude: degrees(latitude, 90.0)?,
            longitude: degrees(longitude, 180.0)?,
        })
    }

    /// Great-circle distance (haversine, mean radius 6,371,008.8 m) at 2e8 m/s, rounded to 1 ns and
    /// at least that. `libm` gives the same bits on every platform.
    pub fn delay_to(self, other: Self) -> SimDuration {
        let rad = |d: f64| d * (core::f64::consts::PI / 180.0);
        let half = |d: f64| {
            let s = libm::sin(rad(d) / 2.0);
            s * s
        };
        let h = half(other.latitude - self.latitude)
            + libm::cos(rad(self.latitude)) * libm::cos(rad(other.latitude)) * half(other.longitude - self.longitude);
        let metres = 2.0 * 6_371_008.8 * libm::asin(libm::sqrt(h.clamp(0.0, 1.0)));
        // A metre takes 5 ns.
        let nanos = libm::round(metres * 5.0);
        SimDuration::from_nanos((nanos as u64).max(1))
    }
}

fn degrees(text: Option<&str>, max: f64) -> Option<f64> {
    text?
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|d| d.is_finite() && d.abs() <= max)
}
