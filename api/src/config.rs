//! Settings: flag over environment over file over default.
