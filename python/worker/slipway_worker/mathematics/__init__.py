"""Answers to exercises in mathematics: their text, their grading, and expressions. Standard library, and sympy where there is one."""
