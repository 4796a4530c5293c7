"""Measure recall on labelled data, beside plain baselines.

No language model takes part: the data sets name the memories that answer each
question, so a run costs nothing and two runs give the same numbers.
"""
