"""Rollouts in steps: the state that stands on the Service, and what to do next with it.

weekdays   when steps may be taken, by the calendar
state      one rollout: its steps, where it is, what it began from
annotation state ⇄ the JSON on the Service
beginning  a command and a snapshot → the first state
judging    figures and pods → whether the Revision is good, is not, or cannot be told yet
writing    what it writes next, as plans, and whether it may
stepping   state, snapshot, evidence, now → what to do, and when to look again
steering   a person's word → what is written
"""
