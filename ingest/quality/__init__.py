"""Quality control: what a reading is worth, judged beside its neighbours in time and place. Raw values never change."""
