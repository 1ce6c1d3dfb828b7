def load_paysim():
    pass
