"""From a printed number to its results row, to the rows of its dataset, to the lines of the files they came from."""
