//! The page as a whole, without a browser.
