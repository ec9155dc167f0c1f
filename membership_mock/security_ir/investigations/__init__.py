"""The AI investigation of a case: its actions and their timetable."""
