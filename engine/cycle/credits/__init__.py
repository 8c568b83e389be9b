"""Credits (angka kredit) of functional officials: a year's predicate converted, added up, held against the need."""
