"""The pages of the entrance, of the site's owners, and of one's own account."""
