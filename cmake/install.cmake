# Filled in by the install step: export set, package configuration.
