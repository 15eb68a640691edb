"""What a document's cells call and return: displays, traced numbers, authors' texts, each as HTML and Typst."""
