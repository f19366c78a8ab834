def post_init_hook(env):
    """Tell the names of opportunities anew in activities, see `mail.activity`."""
    env["mail.activity"]._tell_all_names_anew()
