"""The results of a class: stored, summarised, compared with an earlier round."""
