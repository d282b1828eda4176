"""The JSON tasks and answers of АТОЛ's web servers (fptr-web-server 10.x, Web Requests 1.x, interface /api/v2).

Values, names and rules come from the vendor's own OpenAPI description of Web Requests 1.0.4.0, where nothing else is
said. Sums are roubles as JSON numbers, which are Decimals on our side.
"""
