"""The picture of a sheet: its sentences, inputs, results, table, plot and question."""
