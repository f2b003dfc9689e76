"""The simulation study (ADEMP): cells, their worlds and truths, the plan of what runs, and how methods are judged."""
