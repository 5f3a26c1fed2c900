"""Decides how a language model is asked; `openai_chat` is the only module that imports openai."""
